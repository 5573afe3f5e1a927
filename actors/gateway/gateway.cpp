#include "actors/gateway/gateway.hpp"

#include "actors/gateway/gateway_state.hpp"

namespace closedpaw::gateway {

namespace {

constexpr std::chrono::milliseconds sweep_interval{250};

}  // namespace

gateway_state::~gateway_state() {
  const failure gone{errc::outcome_unknown,
                     "the gateway stopped before it had the answer; what was "
                     "asked for may have been done",
                     std::chrono::milliseconds{1000},
                     json{{"outcome", "unknown"}}};
  for (auto& [key, w] : waiting)
    refuse(w, gone);
}

void gateway_state::refuse(const in_flight& w, const failure& why) {
  if (w.stream) {
    args.streams->close(w.stream_id);
    w.stream->fail(why);
  } else
    w.x->reply.answer(http::render_failure(w.x->what, why));
}

gateway_actor::behavior_type gateway_state::init(gateway_args given) {
  args = std::move(given);
  self->delayed_send(self, sweep_interval, sweep_atom::value);
  return {
      [this](check_atom) { return check(); },
      [this](const exchange_batch& batch) {
        for (const auto& x : *batch)
          handle(x);
      },
      [this](sweep_atom) {
        sweep();
        self->delayed_send(self, sweep_interval, sweep_atom::value);
      },
  };
}

void gateway_state::handle(const exchange_ptr& x) {
  std::visit([&](auto& c) { run(x, c); }, x->what);
}

// What waits is in the state, whose destructor answers it.
std::uint64_t gateway_state::wait(
    const exchange_ptr& x, std::shared_ptr<supervision::slot_base> asked) {
  const auto life = asked->incarnation();
  waiting.emplace(next_key, in_flight{x, std::move(asked), life, nullptr, {}});
  return next_key++;
}

exchange_ptr gateway_state::take(std::uint64_t key) {
  auto node = waiting.extract(key);
  return node.empty() ? nullptr : std::move(node.mapped().x);
}

void gateway_state::fail(std::uint64_t key, const caf::error& e) {
  if (auto failed = take(key))
    failed->reply.answer(http::render_failure(failed->what, to_failure(e)));
}

// The deltas go from the provider's connection to the client's, past all
// actors; only the end comes back here.
void gateway_state::run_stream(const exchange_ptr& x, run_chat& c) {
  auto handle = args.orchestrator->get();
  if (!handle) {
    x->reply.answer(http::render_failure(
        x->what, args.orchestrator->unavailable(args.now())));
    return;
  }
  const auto id = to_string(make_uuid(args.now()));
  c.stream_id = id;
  auto stream = std::make_shared<http::chat_stream>(
      std::move(x->reply), http::writer_for(c, args.now()));
  stream->watch_client();
  args.streams->open(id, stream);
  const auto key = wait(x, args.orchestrator);
  waiting.at(key).stream = stream;
  waiting.at(key).stream_id = id;
  self->request(*handle, caf::infinite, ask_chat{ask<run_chat>{c, x->context}})
      .then(
          [=, this](const action_payload& a) {
            args.streams->close(id);
            if (take(key))
              stream->end(*a);
          },
          [=, this](const caf::error& e) {
            args.streams->close(id);
            if (take(key))
              stream->fail(to_failure(e));
          });
}

void gateway_state::run(const exchange_ptr& x, check_readiness&) {
  auto handle = args.orchestrator->get();
  auto answer = [this](const exchange_ptr& asked, std::string storage,
                       std::string orchestrator) {
    if (!asked)
      return;
    readiness r;
    const auto mode = args.live->mode.get();
    const bool takes_on = mode->mode == operating_mode::normal;
    r.ready = storage == "ok" && orchestrator == "ok" && takes_on;
    r.parts = {{"storage", std::move(storage)},
               {"orchestrator", std::move(orchestrator)},
               {"gateway", "ok"},
               {"mode", takes_on ? "ok" : explain(*mode)}};
    r.degraded_because = args.live->health.get()->degraded_because;
    asked->reply.answer(http::render(r));
  };
  if (!handle) {
    answer(x, "not asked", args.orchestrator->unavailable(args.now()).message);
    return;
  }
  const auto key = wait(x, args.orchestrator);
  // Rare enough for a timeout of CAF's own. The orchestrator's check goes
  // through a commit of the audit logger.
  self->request(*handle, std::chrono::seconds{2}, check_atom::value)
      .then([=, this](const std::string&) { answer(take(key), "ok", "ok"); },
            [=, this](const caf::error& e) {
              answer(take(key), "not proven", to_failure(e).message);
            });
}

caf::result<std::string> gateway_state::check() {
  auto handle = args.orchestrator->get();
  if (!handle)
    return to_error(args.orchestrator->unavailable(args.now()));
  auto promise = self->make_response_promise<std::string>();
  self->request(*handle, std::chrono::seconds{5}, check_atom::value)
      .then(
          [=](const std::string& proof) mutable {
            promise.deliver("asked the orchestrator: " + proof);
          },
          [=](const caf::error& e) mutable { promise.deliver(e); });
  return promise;
}

void gateway_state::sweep() {
  const auto now = self->clock().now();
  std::vector<std::pair<std::uint64_t, failure>> over;
  for (const auto& [key, w] : waiting) {
    if (w.asked->incarnation() != w.life) {
      // Abandoned while it hung: nobody will ever answer from there.
      over.emplace_back(key, w.asked->replaced());
    } else if (now >= w.x->deadline) {
      over.emplace_back(
          key, failure{errc::timeout,
                       w.asked->name() + " did not answer in time; what was "
                                         "asked for may still be done",
                       {},
                       json{{"outcome", "unknown"}}});
    }
  }
  for (auto& [key, why] : over)
    if (auto node = waiting.extract(key); !node.empty())
      refuse(node.mapped(), why);
}

gateway_actor spawn_gateway(caf::scheduled_actor* parent,
                            supervision::incarnation life, gateway_args args) {
  return supervision::spawn_worker<gateway_actor, gateway_state>(
      parent, std::move(life), false,
      [args = std::move(args)](gateway_state::self_pointer self) {
        return self->state.init(args);
      });
}

}  // namespace closedpaw::gateway
