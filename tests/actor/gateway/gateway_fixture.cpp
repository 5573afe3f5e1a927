#define CAF_SUITE gateway_fixture

#include "tests/actor/gateway/gateway_fixture.hpp"

namespace closedpaw::gateway::test {

orchestrator_actor orchestrator_mock::spawn(closedpaw::test::fixture& f) {
  handle = f.keep(f.sys.spawn(
      [this](orchestrator_actor::pointer self)
          -> orchestrator_actor::behavior_type { return behave(self); }));
  return handle;
}

orchestrator_actor::behavior_type orchestrator_mock::behave(
    orchestrator_actor::pointer self) {
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
        stream_id = q->command.stream_id;
        return answer(self, "chat " + q->command.messages.at(0).content,
                      action_payload{row});
      },
      [=, this](const ask_switch& q) {
        return answer(self, "switch " + q->command.model, action_payload{row});
      },
      [=, this](const ask_decide& q) {
        return answer(self, q->command.approved ? "approve" : "reject",
                      action_payload{row});
      },
      [=, this](const ask_cancel& q) {
        return answer(self, "cancel " + to_string(q->command.id),
                      action_payload{row});
      },
      [=, this](const await_action& q) {
        return answer(self, "await " + to_string(q.id), action_payload{row});
      },
      [=, this](const ask_skill& q) {
        return answer(
            self, "skill " + q->command.skill_id,
            skill_view{q->command.skill_id, "A skill", q->command.enabled});
      },
      [=, this](const ask_default_provider& q) {
        return answer(self, "default " + q->command.name, q->command.name);
      },
      [=, this](const ask_register_provider& q) {
        return answer(self, "register " + q->command.name, q->command.name);
      },
      [=, this](const ask_remove_provider& q) {
        return answer(self, "remove " + q->command.name, q->command.name);
      },
      [=, this](const ask_mode& q) {
        return answer(self, "mode " + std::string{to_string(q->command.to)},
                      std::string{to_string(q->command.to)});
      },
      [](apply_atom) { CAF_ERROR("nobody expected a setting"); },
      [](commit_atom) { CAF_ERROR("nobody expected a commit"); },
      [](restore_atom) { CAF_ERROR("nobody expected a restore"); },
      [](sweep_atom) { CAF_ERROR("nobody expected a sweep"); },
  };
}

channel_router_actor gateway_fixture::spawn_router() {
  return keep(sys.spawn([this](channel_router_actor::pointer)
                            -> channel_router_actor::behavior_type {
    const auto note = [this](std::string what, std::string with) {
      router_asked.push_back(std::move(what));
      return with;
    };
    return {
        [](check_atom) { return std::string{"proved"}; },
        [=](const ask_register_channel& q) {
          return note("register " + q->command.name, q->command.name);
        },
        [=](const ask_remove_channel& q) {
          return note("remove " + q->command.name, q->command.name);
        },
        [=](const ask_switch_channels& q) -> std::uint32_t {
          note(q->command.started ? "start" : "stop", {});
          return 3;
        },
        [=](const ask_bind_user& q) {
          return note((q->command.bound ? "bind " : "unbind ") +
                          q->command.channel + ' ' + q->command.user,
                      q->command.user);
        },
        [=](const ask_confirm_pairing& q) {
          return note("pair " + q->command.code, "tg:@ann:host");
        },
        [](const ask_begin_pairing&) { return std::string{}; },
        [](apply_atom, const std::string&) {},
        [](sweep_atom) {},
    };
  }));
}

channel_actor gateway_fixture::spawn_channel() {
  return keep(
      sys.spawn([this](channel_actor::pointer) -> channel_actor::behavior_type {
        return {
            [](check_atom) { return std::string{"proved"}; },
            [this](const ask_send_to_channel& q) {
              router_asked.push_back("send " + q->command.conversation + ' ' +
                                     q->command.text);
              return std::string{"m1"};
            },
            [this](const ask_post_to_channel& q) {
              router_asked.push_back("post " + q->command.conversation + ' ' +
                                     q->command.text);
              return std::string{"m2"};
            },
        };
      }));
}

gateway_fixture::gateway_fixture() {
  orchestrator.row.id = make_uuid(test_now());
  orchestrator.row.status = action_status::completed;
  orchestrator_place.begin();
  orchestrator_place.slot->set(orchestrator.spawn(*this));
  reader_place.begin();
  reader_place.slot->set(reader.spawn(*this));
  router_place.begin();
  router_place.slot->set(spawn_router());
  gateway_args args;
  args.orchestrator = orchestrator_place.slot;
  args.reader = reader_place.slot;
  args.providers = providers;
  args.channel_router = router_place.slot;
  args.channels = channels;
  args.agents = agents_place.slot;
  args.exporter = exporter_place.slot;
  args.export_seats = &export_seats;
  args.streams = &streams;
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

std::shared_ptr<sent> gateway_fixture::send(command c, milliseconds deadline) {
  auto out = std::make_shared<sent>();
  auto x = std::make_shared<exchange>();
  x->what = std::move(c);
  x->context = {{"local", "uid:1000"}, "req-7", "00-trace"};
  x->reply = http::reply_slot{"req-7", [out](http::response r) {
                                out->responses.push_back(std::move(r));
                              }};
  x->deadline = sched.clock().now() + deadline;
  caf::anon_send(sut, std::make_shared<std::vector<exchange_ptr>>(
                          std::vector<exchange_ptr>{std::move(x)}));
  settle();
  return out;
}

}  // namespace closedpaw::gateway::test
