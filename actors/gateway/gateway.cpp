#include "actors/gateway/gateway.hpp"

#include <unordered_map>

#include "http/routes/chat_stream.hpp"
#include "http/routes/render.hpp"

namespace closedpaw::gateway {

namespace {

using supervision::slot_base;
constexpr std::chrono::milliseconds sweep_interval{250};

struct gateway_state {
  static constexpr const char* name = "gateway";
  using self_pointer = supervision::self_ptr<gateway_actor, gateway_state>;

  /// A request that somebody is working on.
  struct in_flight {
    exchange_ptr x;
    std::shared_ptr<slot_base> asked;
    std::uint64_t life = 0;
    /// A chat that is read while it is made.
    std::shared_ptr<http::chat_stream> stream;
    std::string stream_id;
  };

  explicit gateway_state(self_pointer me) : self{me} {}
  ~gateway_state();

  gateway_actor::behavior_type init(gateway_args given);
  void handle(const exchange_ptr& x);
  template <class Answer, class Handle, class Message, class Render>
  void forward(const exchange_ptr& x,
               const supervision::slot_ptr<Handle>& where, Message message,
               Render render);
  template <class Command>
  payload<ask<Command>> asked(const exchange_ptr& x, Command& c) const {
    return ask<Command>{std::move(c), x->context};
  }
  std::uint64_t wait(const exchange_ptr& x, std::shared_ptr<slot_base> asked);
  exchange_ptr take(std::uint64_t key);
  void refuse(const in_flight& w, const failure& why);
  void run_stream(const exchange_ptr& x, run_chat& c);
  caf::result<std::string> check();
  void sweep();

  // One overload for each command.
  void run(const exchange_ptr& x, submit_action& c);
  void run(const exchange_ptr& x, run_chat& c);
  void run(const exchange_ptr& x, switch_model& c);
  void run(const exchange_ptr& x, decide_action& c);
  void run(const exchange_ptr& x, cancel_action& c);
  void run(const exchange_ptr& x, get_action& c);
  void run(const exchange_ptr& x, list_actions& c);
  void run(const exchange_ptr& x, read_audit& c);
  void run(const exchange_ptr& x, set_skill_enabled& c);
  void run(const exchange_ptr& x, set_default_provider& c);
  void run(const exchange_ptr& x, register_provider& c);
  void run(const exchange_ptr& x, remove_provider& c);
  void run(const exchange_ptr& x, check_provider& c);
  void run(const exchange_ptr& x, inject_fault& c);
  void run(const exchange_ptr& x, check_readiness& c);

  self_pointer self;
  gateway_args args;
  std::unordered_map<std::uint64_t, in_flight> waiting;
  std::uint64_t next_key = 1;
};

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

template <class Answer, class Handle, class Message, class Render>
void gateway_state::forward(const exchange_ptr& x,
                            const supervision::slot_ptr<Handle>& where,
                            Message message, Render render) {
  auto handle = where->get();
  if (!handle) {
    x->reply.answer(
        http::render_failure(x->what, where->unavailable(args.now())));
    return;
  }
  const auto key = wait(x, where);
  // Deadlines are swept: CAF never cancels the timeout of an answered request.
  self->request(*handle, caf::infinite, std::move(message))
      .then(
          [=, this, render = std::move(render)](const Answer& answer) {
            if (auto answered = take(key))
              answered->reply.answer(render(answer));
          },
          [=, this](const caf::error& e) {
            if (auto answered = take(key))
              answered->reply.answer(
                  http::render_failure(answered->what, to_failure(e)));
          });
}

// What waits is in the state, whose destructor answers it.
std::uint64_t gateway_state::wait(const exchange_ptr& x,
                                  std::shared_ptr<slot_base> asked) {
  const auto life = asked->incarnation();
  waiting.emplace(next_key, in_flight{x, std::move(asked), life, nullptr, {}});
  return next_key++;
}

exchange_ptr gateway_state::take(std::uint64_t key) {
  auto node = waiting.extract(key);
  return node.empty() ? nullptr : std::move(node.mapped().x);
}

void gateway_state::run(const exchange_ptr& x, submit_action& c) {
  forward<submitted>(x, args.orchestrator, asked(x, c),
                     [](const submitted& s) { return http::render(s); });
}

void gateway_state::run(const exchange_ptr& x, run_chat& c) {
  if (c.stream) {
    run_stream(x, c);
    return;
  }
  forward<action_payload>(x, args.orchestrator, asked(x, c),
                          [form = c.form](const action_payload& a) {
                            return http::render_chat(*a, form);
                          });
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

void gateway_state::run(const exchange_ptr& x, switch_model& c) {
  forward<action_payload>(
      x, args.orchestrator, asked(x, c),
      [](const action_payload& a) { return http::render_switch(*a); });
}

void gateway_state::run(const exchange_ptr& x, decide_action& c) {
  forward<action_payload>(x, args.orchestrator, asked(x, c),
                          [yes = c.approved](const action_payload& a) {
                            return http::render_decision(*a, yes);
                          });
}

void gateway_state::run(const exchange_ptr& x, cancel_action& c) {
  forward<action_payload>(
      x, args.orchestrator, asked(x, c),
      [](const action_payload& a) { return http::render_cancelled(*a); });
}

void gateway_state::run(const exchange_ptr& x, get_action& c) {
  forward<action_payload>(x, args.reader, c, [](const action_payload& a) {
    return http::render(*a);
  });
}

void gateway_state::run(const exchange_ptr& x, list_actions& c) {
  forward<action_list_payload>(
      x, args.reader, c,
      [c](const action_list_payload& l) { return http::render(*l, c); });
}

void gateway_state::run(const exchange_ptr& x, read_audit& c) {
  forward<audit_page_payload>(
      x, args.reader, audit_query_payload{c.query},
      [c](const audit_page_payload& p) { return http::render(*p, c); });
}

void gateway_state::run(const exchange_ptr& x, set_skill_enabled& c) {
  forward<skill_view>(
      x, args.orchestrator, asked(x, c),
      [](const skill_view& s) { return http::render_skill(s.id, s.enabled); });
}

void gateway_state::run(const exchange_ptr& x, set_default_provider& c) {
  forward<std::string>(x, args.orchestrator, asked(x, c),
                       [](const std::string& chosen) {
                         return http::render_default_provider(chosen);
                       });
}

void gateway_state::run(const exchange_ptr& x, register_provider& c) {
  forward<std::string>(
      x, args.orchestrator, asked(x, c),
      [](const std::string& who) { return http::render_registered(who); });
}

void gateway_state::run(const exchange_ptr& x, remove_provider& c) {
  forward<std::string>(
      x, args.orchestrator, asked(x, c),
      [](const std::string& who) { return http::render_removed(who); });
}

// An exchange with the vendor now; its failure is the answer's status.
void gateway_state::run(const exchange_ptr& x, check_provider& c) {
  auto where = args.providers->find(c.name);
  if (!where) {
    x->reply.answer(
        http::error_response({errc::not_found, "Provider not found", {}, {}}));
    return;
  }
  forward<std::string>(x, where, check_atom::value,
                       [who = c.name](const std::string& proof) {
                         return http::render_checked(who, proof);
                       });
}

void gateway_state::run(const exchange_ptr& x, inject_fault& c) {
  auto done = args.inject(c.path, c.kind);
  x->reply.answer(done ? http::render_fault(c)
                       : http::error_response(done.error()));
}

void gateway_state::run(const exchange_ptr& x, check_readiness&) {
  auto handle = args.orchestrator->get();
  auto answer = [this](const exchange_ptr& asked, std::string storage,
                       std::string orchestrator) {
    if (!asked)
      return;
    readiness r;
    r.ready = storage == "ok" && orchestrator == "ok";
    r.parts = {{"storage", std::move(storage)},
               {"orchestrator", std::move(orchestrator)},
               {"gateway", "ok"}};
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

}  // namespace

gateway_actor spawn_gateway(caf::scheduled_actor* parent,
                            supervision::incarnation life, gateway_args args) {
  return supervision::spawn_worker<gateway_actor, gateway_state>(
      parent, std::move(life), false,
      [args = std::move(args)](gateway_state::self_pointer self) {
        return self->state.init(args);
      });
}

}  // namespace closedpaw::gateway
