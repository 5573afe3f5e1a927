#include "actors/providers/provider.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <map>

#include "actors/providers/codec/base_url.hpp"

namespace closedpaw::providers {

/// An answer of the HTTP client on its way into the actor; process-local.
struct upstream_answer {
  std::uint64_t exchange = 0;
  result<http::client_response> outcome;
};
using upstream_answer_ptr = std::shared_ptr<upstream_answer>;

}  // namespace closedpaw::providers

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(closedpaw::providers::upstream_answer_ptr)

namespace closedpaw::providers {

namespace {

/// What only this file sends to the actor: answers and the time to probe.
using internal_actor =
    provider_actor::extend<caf::reacts_to<upstream_answer_ptr>,
                           caf::reacts_to<sweep_atom>>;
using chat_promise = caf::typed_response_promise<chat_reply_payload>;
using check_promise = caf::typed_response_promise<std::string>;

struct provider_state {
  static constexpr const char* name = "provider";
  using self_pointer = supervision::self_ptr<internal_actor, provider_state>;
  /// Called with the answer; knows what was asked.
  using continuation = std::function<void(result<http::client_response>)>;

  explicit provider_state(self_pointer me) : self{me} {}
  ~provider_state();

  internal_actor::behavior_type init(provider_args given);
  caf::result<std::string> check();
  caf::result<chat_reply_payload> chat(const chat_request& q);
  void list_models(std::function<void(const result<std::size_t>&)> done);
  void fetch(const codec::http_request& what, continuation then);
  void schedule_probe();
  void succeeded(std::uint32_t latency_ms, const std::string& what);
  void failed(const failure& why, const std::string& what);
  void publish(bool was_ok, bool is_ok);

  self_pointer self;
  provider_args args;
  provider_view view;
  std::uint64_t next_exchange = 1;
  std::map<std::uint64_t, continuation> waiting;
  std::map<std::uint64_t, http::cancel_handle> upstream;
};

codec::http_reply to_reply(http::client_response r) {
  return {r.status, std::move(r.headers), std::move(r.body)};
}

std::uint32_t millis(std::chrono::microseconds x) {
  return static_cast<std::uint32_t>(
      std::chrono::round<std::chrono::milliseconds>(x).count());
}

// Whoever still waits is answered, and the upstream is not left working.
provider_state::~provider_state() {
  for (auto& [id, handle] : upstream)
    handle.cancel();
  for (auto& [id, then] : std::exchange(waiting, {}))
    then(failure{errc::unavailable,
                 "provider " + args.settings.name +
                     " stopped before the upstream answered",
                 std::chrono::milliseconds{1000},
                 {}});
}

internal_actor::behavior_type provider_state::init(provider_args given) {
  args = std::move(given);
  // What earlier lives learnt stays true; the counters go on.
  view = *args.view->get();
  args.view->publish(view);
  schedule_probe();
  return {
      [this](check_atom) { return check(); },
      [this](const chat_request_payload& q) { return chat(*q); },
      [this](const upstream_answer_ptr& x) {
        auto node = waiting.extract(x->exchange);
        upstream.erase(x->exchange);
        if (!node.empty())
          node.mapped()(std::move(x->outcome));
      },
      [this](sweep_atom) {
        list_models([](const auto&) {});
        schedule_probe();
      },
  };
}

caf::result<std::string> provider_state::check() {
  auto promise = self->make_response_promise<std::string>();
  list_models([promise](const result<std::size_t>& n) mutable {
    if (n)
      promise.deliver("listed " + std::to_string(*n) + " models");
    else
      promise.deliver(to_error(n.error()));
  });
  return promise;
}

void provider_state::list_models(
    std::function<void(const result<std::size_t>&)> done) {
  fetch(args.vendor.list_models(),
        [this, done](result<http::client_response> r) {
          if (!r) {
            failed(r.error(), "model listing");
            return done(r.error());
          }
          const auto latency = millis(r->timing.total);
          auto models = args.vendor.parse_models(to_reply(std::move(*r)));
          if (!models) {
            failed(models.error(), "model listing");
            return done(models.error());
          }
          view.models = std::move(*models);
          view.models_at = args.now();
          succeeded(latency, "model listing");
          done(view.models.size());
        });
}

caf::result<chat_reply_payload> provider_state::chat(const chat_request& q) {
  auto promise = self->make_response_promise<chat_reply_payload>();
  fetch(args.vendor.chat(q),
        [this, promise](result<http::client_response> r) mutable {
          if (!r) {
            failed(r.error(), "chat");
            promise.deliver(to_error(r.error()));
            return;
          }
          const auto latency = millis(r->timing.total);
          auto reply = args.vendor.parse_chat(to_reply(std::move(*r)));
          if (!reply) {
            // An unknown model is the caller's mistake; the exchange worked.
            if (reply.error().code == errc::not_found)
              succeeded(latency, "chat");
            else
              failed(reply.error(), "chat");
            promise.deliver(to_error(reply.error()));
            return;
          }
          reply->latency_ms = latency;
          view.prompt_tokens += reply->prompt_tokens;
          view.completion_tokens += reply->completion_tokens;
          succeeded(latency, "chat");
          promise.deliver(chat_reply_payload{std::move(*reply)});
        });
  return promise;
}

void provider_state::fetch(const codec::http_request& what, continuation then) {
  http::client_request q;
  q.method = what.method;
  q.url = codec::request_url(args.settings.base_url, what.path);
  q.headers = what.headers;
  q.body = what.body;
  q.timeouts = {args.limits.connect_timeout, args.limits.first_byte_timeout,
                args.limits.idle_timeout, args.limits.total_timeout};
  q.max_response_bytes = args.limits.max_response_bytes;
  const auto id = next_exchange++;
  waiting.emplace(id, std::move(then));
  const auto me = caf::actor_cast<caf::actor_addr>(self);
  upstream[id] = args.client->fetch(
      std::move(q), [me, id](result<http::client_response> r) {
        if (auto actor = caf::actor_cast<caf::actor>(me))
          caf::anon_send(actor, std::make_shared<upstream_answer>(
                                    upstream_answer{id, std::move(r)}));
      });
}

// Jittered by a tenth, so that many providers do not probe in step.
void provider_state::schedule_probe() {
  const auto base = static_cast<double>(args.limits.probe_interval.count());
  const auto spread = 0.9 + 0.2 * args.chance();
  self->delayed_send(
      self, std::chrono::milliseconds{static_cast<long>(base * spread)},
      sweep_atom::value);
}

void provider_state::succeeded(std::uint32_t latency_ms,
                               const std::string& what) {
  const bool was_ok = view.last_success && !view.last_error;
  ++view.exchanges;
  view.last_success = args.now();
  view.last_error.reset();
  view.last_latency_ms = latency_ms;
  self->record_exchange(true, what, args.now());
  publish(was_ok, true);
}

void provider_state::failed(const failure& why, const std::string& what) {
  const bool was_ok = view.last_success && !view.last_error;
  ++view.exchanges;
  ++view.failures;
  view.last_failure = args.now();
  view.last_error = why;
  self->record_exchange(false, what + ": " + why.message, args.now());
  publish(was_ok, false);
}

void provider_state::publish(bool was_ok, bool is_ok) {
  if (self->life().where->fenced(self->life().number))
    return;
  args.view->publish(view);
  if (was_ok == is_ok || !args.announce)
    return;
  args.announce(
      {{"name", view.name},
       {"ok", is_ok},
       {"error", view.last_error ? json(view.last_error->message) : json()}});
}

}  // namespace

provider_view initial_view(const config::provider_settings& settings,
                           const config::provider_limits& limits) {
  provider_view view;
  view.freshness = limits.freshness;
  view.name = settings.name;
  view.type = settings.type;
  view.enabled = settings.enabled;
  view.base_url = settings.base_url;
  if (!settings.default_model.empty())
    view.default_model = settings.default_model;
  return view;
}

provider_actor spawn_provider(caf::scheduled_actor* parent,
                              supervision::incarnation life,
                              provider_args args) {
  return supervision::spawn_worker<internal_actor, provider_state>(
      parent, std::move(life), false,
      [args = std::move(args)](provider_state::self_pointer self) {
        return self->state.init(args);
      });
}

}  // namespace closedpaw::providers
