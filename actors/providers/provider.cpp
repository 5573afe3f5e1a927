#include "actors/providers/provider.hpp"

#include <algorithm>
#include <unordered_map>

#include "actors/providers/codec/base_url.hpp"
#include "actors/providers/provider_state.hpp"
#include "messages/log.hpp"

namespace closedpaw::providers {

namespace {

http_reply to_reply(http::client_response r) {
  return {r.status, std::move(r.headers), std::move(r.body)};
}

/// More than any vendor has, and little enough to be kept, shown and compared.
constexpr std::size_t most_models = 10'000;

result<std::vector<model_info>> not_too_many(
    result<std::vector<model_info>> models) {
  if (models && models->size() > most_models)
    return failure{errc::upstream_malformed,
                   "a list of " + std::to_string(models->size()) +
                       " models, more than " + std::to_string(most_models) +
                       "; check that base_url is this vendor's server",
                   {},
                   {}};
  return models;
}

std::uint32_t millis(std::chrono::microseconds x) {
  return static_cast<std::uint32_t>(
      std::chrono::round<milliseconds>(x).count());
}

}  // namespace

// Whoever still waits is answered, and the upstream is not left working.
provider_state::~provider_state() {
  const failure gone{errc::unavailable,
                     "provider " + args_.settings.name +
                         " stopped before the upstream answered",
                     milliseconds{1000},
                     {}};
  for (auto& [id, x] : exchanges_)
    x.upstream.cancel();
  for (auto& [id, c] : chats_) {
    auto why = gone;
    if (c.is_partial())
      why.extra = {{"partial", true}};
    c.promise.deliver(to_error(why));
  }
  // Checks; the chats' own find nothing any more.
  chats_.clear();
  for (auto& [id, x] : std::exchange(exchanges_, {}))
    x.then(gone, {});
}

internal_actor::behavior_type provider_state::init(provider_args given) {
  args_ = std::move(given);
  // What earlier lives learnt stays true; the counters go on.
  view_ = *args_.view->get();
  view_.circuits.clear();
  view_.load = std::make_shared<provider_load>();
  admission_.emplace(
      admission_limits{args_.limits.max_concurrent, args_.limits.max_queued,
                       args_.limits.requests_per_minute},
      mono());
  schedule_probe();
  args_.view->publish(view_);
  return {
      [this](check_atom) { return on_check(); },
      [this](const chat_request_payload& q) { return on_chat(q); },
      [this](const cancel_action& c) { on_cancel(c.id); },
      [this](const upstream_answer_ptr& x) {
        answer(x->exchange, std::move(x->outcome));
      },
      [this](sweep_atom) {
        list_models([](const auto&) {});
        schedule_probe();
      },
      [this](start_atom, std::uint64_t id) { attempt(id); },
      [this](start_atom) { start_queued(); },
      [this](wake_atom) {
        waking_ = false;
        start_queued();
      },
      [this](expire_atom, std::uint64_t id) { expire(id); },
      [this](apply_atom) {
        probing_soon_ = false;
        if (view_.last_error)
          list_models([](const auto&) {});
      },
  };
}

caf::result<std::string> provider_state::on_check() {
  auto promise = self_->make_response_promise<std::string>();
  list_models([promise](const result<std::size_t>& n) mutable {
    if (n)
      promise.deliver("listed " + std::to_string(*n) + " models");
    else
      promise.deliver(to_error(n.error()));
  });
  return promise;
}

void provider_state::list_models(
    const std::function<void(const result<std::size_t>&)>& done) {
  fetch(args_.vendor.list_models(),
        std::min(args_.limits.probe_timeout, args_.limits.total_timeout),
        nullptr, [this, done](response r, const secret_text& key) {
          if (!r) {
            failed(r.error(), "model listing");
            // Nothing was asked; as soon as something may be, it is.
            if (r.error().extra.is_object() &&
                r.error().extra.contains("blocked"))
              probe_soon();
            return done(r.error());
          }
          const auto latency = millis(r->timing.total);
          auto models =
              not_too_many(args_.vendor.parse_models(to_reply(std::move(*r))));
          if (!models) {
            auto why = std::move(models).error();
            mask(why.message, key);
            failed(why, "model listing");
            return done(why);
          }
          take_models(std::move(*models));
          succeeded(latency, "model listing");
          done(view_.models.size());
          describe_models(0, listings_);
        });
}

// What is known of a model stays known until it changes.
void provider_state::take_models(std::vector<model_info> models) {
  std::unordered_map<std::string_view, const model_info*> known;
  for (const auto& model : view_.models)
    known.emplace(model.name, &model);
  for (auto& model : models)
    if (const auto it = known.find(model.name);
        it != known.end() && it->second->modified_at == model.modified_at)
      model.details = it->second->details;
  view_.models = std::move(models);
  view_.models_at = args_.now();
  ++listings_;
}

// One after the other: a server may hold hundreds of models. Whoever does not
// answer is not asked again before the next listing.
void provider_state::describe_models(std::size_t from, std::uint64_t listing) {
  if (args_.vendor.show == nullptr || listing != listings_)
    return;
  const auto& models = view_.models;
  while (from < models.size() && models[from].details)
    ++from;
  if (from == models.size())
    return;
  fetch(args_.vendor.show(models[from].name), args_.limits.total_timeout,
        nullptr, [=, this](response r, const secret_text&) {
          if (listing != listings_)
            return;
          auto told = r ? args_.vendor.parse_show(to_reply(std::move(*r)))
                        : result<model_details>{r.error()};
          if (told) {
            auto changed = view_.models.get();
            changed[from].details = std::move(*told);
            view_.models = std::move(changed);
            const bool ok = view_.last_success && !view_.last_error;
            publish(ok, ok);
          } else {
            // Every listing asks again; what a model can do is not vital.
            log::write("providers", log::level::debug,
                       "a model is not described",
                       {{"provider", args_.settings.name},
                        {"model", view_.models.get()[from].name},
                        {"cause", told.error().message}});
          }
          if (r)
            describe_models(from + 1, listing);
        });
}

std::uint64_t provider_state::fetch(http_request what, milliseconds total,
                                    std::shared_ptr<http::body_sink> sink,
                                    continuation then) {
  http::client_request q;
  q.method = std::move(what.method);
  q.url = codec::request_url(args_.settings.base_url, what.path);
  q.headers = std::move(what.headers);
  q.body = std::move(what.body);
  q.timeouts = {args_.limits.connect_timeout, args_.limits.first_byte_timeout,
                args_.limits.idle_timeout, total};
  q.max_response_bytes = args_.limits.max_response_bytes;
  q.allow_private_addresses = args_.limits.allow_private_addresses;
  q.sink = std::move(sink);
  const auto id = next_id_++;
  exchanges_.emplace(id, exchange{std::move(then), {}, {}, false});
  if (args_.key == key_use::none) {
    send(id, std::move(q), {});
    return id;
  }
  auto vault = args_.vault->get();
  if (!vault) {
    // Not from within: the caller has yet to learn the id.
    self_->send(self_, std::make_shared<upstream_answer>(upstream_answer{
                           id, args_.vault->unavailable(args_.now())}));
    return id;
  }
  self_
      ->request(*vault, std::chrono::seconds{5},
                unseal_secret{key_name(args_.settings.name),
                              config::key_audience(args_.settings)})
      .then(
          [=, this](const secret_payload& key) mutable {
            q.headers.emplace_back(
                args_.vendor.key_header,
                std::string{args_.vendor.key_prefix} + key->reveal());
            send(id, std::move(q), *key);
          },
          [=, this](const caf::error& e) mutable {
            const auto why = to_failure(e);
            if (why.code == errc::not_found && args_.key == key_use::optional)
              send(id, std::move(q), {});
            else
              answer(id, no_key(why));
          });
  return id;
}

void provider_state::send(std::uint64_t id, http::client_request q,
                          secret_text key) {
  const auto it = exchanges_.find(id);
  if (it == exchanges_.end())
    return;
  if (it->second.cancelled) {
    answer(id,
           failure{errc::cancelled, "cancelled before it was sent", {}, {}});
    return;
  }
  it->second.key = std::move(key);
  const auto me = caf::actor_cast<caf::actor_addr>(self_);
  it->second.upstream = args_.fetch(std::move(q), [me, id](response r) {
    if (auto actor = caf::actor_cast<caf::actor>(me))
      caf::anon_send(actor, std::make_shared<upstream_answer>(
                                upstream_answer{id, std::move(r)}));
  });
}

void provider_state::answer(std::uint64_t id, response outcome) {
  auto node = exchanges_.extract(id);
  if (!node.empty())
    node.mapped().then(std::move(outcome), node.mapped().key);
}

failure provider_state::no_key(const failure& why) const {
  if (why.code != errc::not_found)
    return why;
  return {errc::upstream_refused,
          "no API key is stored for provider " + args_.settings.name + " at " +
              args_.settings.base_url +
              "; store it: closedpaw vault set providers/" +
              args_.settings.name + "/api_key",
          {},
          {}};
}

// Jittered by a tenth, so that many providers do not probe in step.
void provider_state::schedule_probe() {
  const auto base = static_cast<double>(args_.limits.probe_interval.count());
  const auto spread = 0.9 + 0.2 * args_.chance();
  const milliseconds delay{static_cast<long>(base * spread)};
  view_.next_probe = args_.now() + delay;
  self_->delayed_send(self_, delay, sweep_atom::value);
}

// One chat that failed need not mean that the vendor is out, and whether it is
// is not to be seen only at the next probe.
void provider_state::probe_soon() {
  constexpr milliseconds soon{1'000};
  if (!std::exchange(probing_soon_, true))
    self_->delayed_send(self_, soon, apply_atom::value);
}

void provider_state::succeeded(std::uint32_t latency_ms,
                               const std::string& what) {
  const bool was_ok = view_.last_success && !view_.last_error;
  ++view_.exchanges;
  view_.last_success = args_.now();
  view_.last_error.reset();
  view_.last_latency_ms = latency_ms;
  latencies_.add(latency_ms);
  view_.latency_p50_ms = latencies_.quantile(0.5);
  view_.latency_p95_ms = latencies_.quantile(0.95);
  self_->record_exchange(true, what, args_.now());
  publish(was_ok, true);
}

void provider_state::failed(const failure& why, const std::string& what) {
  const bool was_ok = view_.last_success && !view_.last_error;
  ++view_.exchanges;
  ++view_.failures;
  view_.last_failure = args_.now();
  view_.last_error = why;
  self_->record_exchange(false, what + ": " + why.message, args_.now());
  publish(was_ok, false);
}

void provider_state::publish(bool was_ok, bool is_ok) {
  if (self_->life().where->fenced(self_->life().number))
    return;
  args_.view->publish(view_);
  if (was_ok == is_ok || !args_.announce)
    return;
  args_.announce(
      {{"name", view_.name},
       {"ok", is_ok},
       {"error", view_.last_error ? json(view_.last_error->message) : json()}});
}

std::string key_name(const std::string& provider) {
  return "providers/" + provider + "/api_key";
}

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
