#pragma once

#include "actors/gateway/gateway.hpp"
#include "tests/actor/mocks.hpp"

namespace closedpaw::gateway::test {

using closedpaw::test::ask_now;
using closedpaw::test::contains;
using closedpaw::test::test_now;
using std::chrono::milliseconds;
using strings = std::vector<std::string>;

/// Stands in for the orchestrator: remembers what it was asked and answers with
/// `row`, or with `refuse`, or not at all.
struct orchestrator_mock {
  action row;
  std::optional<failure> refuse;
  bool silent = false;
  strings asked;
  command_context context;
  /// Keeps promises that nobody keeps.
  std::vector<caf::response_promise> silenced;
  orchestrator_actor handle;

  orchestrator_actor spawn(closedpaw::test::fixture& f) {
    handle = f.keep(f.sys.spawn(
        [this](orchestrator_actor::pointer self)
            -> orchestrator_actor::behavior_type { return behave(self); }));
    return handle;
  }

 private:
  template <class Answer>
  caf::result<Answer> answer(orchestrator_actor::pointer self, std::string what,
                             Answer with) {
    asked.push_back(std::move(what));
    if (silent) {
      auto promise = self->make_response_promise<Answer>();
      silenced.push_back(promise);
      return promise;
    }
    if (refuse)
      return to_error(*refuse);
    return with;
  }

  orchestrator_actor::behavior_type behave(orchestrator_actor::pointer self) {
    return {
        [=, this](check_atom) {
          return answer(self, "check", std::string{"proved"});
        },
        [=, this](const ask_submit& q) {
          context = q->context;
          return answer(
              self, "submit " + std::string{to_string(q->command.request.type)},
              submitted{row.id, action_status::pending,
                        security_level::critical});
        },
        [=, this](const ask_chat& q) {
          return answer(self, "chat " + q->command.message,
                        action_payload{row});
        },
        [=, this](const ask_switch& q) {
          return answer(self, "switch " + q->command.model,
                        action_payload{row});
        },
        [=, this](const ask_decide& q) {
          return answer(self, q->command.approved ? "approve" : "reject",
                        action_payload{row});
        },
        [=, this](const ask_cancel& q) {
          return answer(self, "cancel " + to_string(q->command.id),
                        action_payload{row});
        },
        [=, this](const ask_skill& q) {
          return answer(
              self, "skill " + q->command.skill_id,
              skill_view{q->command.skill_id, "A skill", q->command.enabled});
        },
        [=, this](const ask_default_provider& q) {
          return answer(self, "default " + q->command.name, q->command.name);
        },
        [](apply_atom, const std::string&, const std::string&) {
          CAF_ERROR("nobody expected a setting");
        },
        [](restore_atom) { CAF_ERROR("nobody expected a restore"); },
        [](sweep_atom) { CAF_ERROR("nobody expected a sweep"); },
    };
  }
};

/// An HTTP request that was sent, and what came back.
struct sent {
  std::vector<http::response> responses;

  bool answered() const { return !responses.empty(); }
  unsigned status() const {
    return responses.size() == 1 ? responses[0].status : 0;
  }
  json body() const {
    CAF_REQUIRE_EQUAL(responses.size(), 1U);
    auto parsed = parse_json(*responses[0].body);
    CAF_REQUIRE(parsed.has_value());
    return *parsed;
  }
  std::string text(const char* key) const {
    const auto b = body();
    return b.contains(key) && b.at(key).is_string()
               ? b.at(key).get<std::string>()
               : "";
  }
  std::string header(const std::string& name) const {
    for (const auto& [n, value] : responses.at(0).headers)
      if (n == name)
        return value;
    return {};
  }
};

class gateway_fixture : public closedpaw::test::fixture {
 public:
  gateway_fixture() {
    orchestrator.row.id = make_uuid(test_now());
    orchestrator.row.status = action_status::completed;
    orchestrator_place.begin();
    orchestrator_place.slot->set(orchestrator.spawn(*this));
    reader_place.begin();
    reader_place.slot->set(reader.spawn(*this));
    gateway_args args;
    args.orchestrator = orchestrator_place.slot;
    args.reader = reader_place.slot;
    args.live = &live;
    args.inject = [this](const std::string& path,
                         fault_kind kind) -> result<void> {
      injected = path + ' ' + std::string{to_string(kind)};
      if (path != "root/gateway")
        return failure{errc::not_found, "no node is at " + path, {}, {}};
      return {};
    };
    args.now = test_now;
    sut = keep(spawn_gateway(host(), own_place.begin(), args));
    settle();
  }
  ~gateway_fixture() override { end(); }

  std::shared_ptr<sent> send(command c,
                             milliseconds deadline = milliseconds{30'000}) {
    auto out = std::make_shared<sent>();
    auto x = std::make_shared<exchange>();
    x->what = std::move(c);
    x->context = {{"local", "uid:1000"}, "req-7", "00-trace"};
    x->reply = http::reply_slot{"req-7", [out](http::response r) {
                                  out->responses.push_back(std::move(r));
                                }};
    x->deadline = sched.clock().now() + deadline;
    caf::anon_send(sut, std::move(x));
    settle();
    return out;
  }

  live_state live;
  orchestrator_mock orchestrator;
  closedpaw::test::reader_mock reader;
  closedpaw::test::place<orchestrator_actor> orchestrator_place =
      make_place<orchestrator_actor>("the orchestrator");
  closedpaw::test::place<store_reader_actor> reader_place =
      make_place<store_reader_actor>("the store reader");
  closedpaw::test::place<gateway_actor> own_place =
      make_place<gateway_actor>("gateway");
  std::string injected;
  gateway_actor sut;
};

}  // namespace closedpaw::gateway::test
