#define CAF_SUITE channel_fixture

#include "tests/actor/channels/channel_fixture.hpp"

namespace closedpaw::channels::test {

channel_fixture::channel_fixture() {
  live.now = test_now;
  access = std::make_shared<published<channel_access>>(live.gen);
  view = std::make_shared<published<channel_view>>(live.gen);
  args.name = "tg";
  args.base_url = "http://h:1";
  args.kind = codec::find_kind("telegram").value();
  args.service.poll_timeout = std::chrono::seconds{30};
  args.service.chance = [] { return 0.0; };
  args.logger = logger_place.slot;
  args.reader = reader_place.slot;
  args.orchestrator = orchestrator_place.slot;
  args.router = router_place.slot;
  args.vault = vault_place.slot;
  args.fetch = [this](http::client_request q, http::client::callback done) {
    auto f = std::make_shared<fetch>(fetch{std::move(q), std::move(done)});
    fetches.push_back(f);
    return http::cancel_handle{[f] { f->cancelled = true; }};
  };
  args.connect = [](auto, auto) -> http::websocket {
    CAF_FAIL("Telegram has no WebSocket");
  };
  args.stored =
      [this](const std::string& prefix) -> result<std::map<std::string, json>> {
    std::map<std::string, json> out;
    for (const auto& [key, row] : registry())
      if (key.starts_with(prefix))
        out.emplace(key, row);
    return out;
  };
  args.access = access;
  args.view = view;
  args.live = &live;
  args.announce = [this](const json& what) {
    announced.push_back(what["connected"].get<bool>() ? "up" : "down");
  };
  args.slept = [this] { return slept; };
  args.now = test_now;
  logger_place.begin();
  logger_place.slot->set(logger.spawn(*this));
  reader_place.begin();
  reader_place.slot->set(reader.spawn(*this));
  orchestrator_place.begin();
  orchestrator_place.slot->set(spawn_orchestrator());
  router_place.begin();
  router_place.slot->set(spawn_router());
  vault_place.begin();
  vault_place.slot->set(spawn_vault());
}

orchestrator_actor channel_fixture::spawn_orchestrator() {
  const auto unexpected = [] {
    return to_error({errc::internal, "nobody expected this", {}, {}});
  };
  orchestrator = keep(sys.spawn([=, this](orchestrator_actor::pointer me)
                                    -> orchestrator_actor::behavior_type {
    return {
        [=, this](check_atom) -> caf::result<std::string> {
          if (!hold_check)
            return std::string{"proved"};
          held_check = me->make_response_promise<std::string>();
          return *held_check;
        },
        [this](const ask_submit& q) -> caf::result<submitted> {
          if (refuse_submit)
            return to_error(*refuse_submit);
          submitted_actions.push_back(*q);
          for (const auto& x : q->context.with)
            recorded.push_back(x);
          return submitted{q->command.id.value_or(uuid{}),
                           action_status::approved, security_level::low};
        },
        [=](const ask_chat&) -> caf::result<action_payload> {
          return unexpected();
        },
        [=](const ask_switch&) -> caf::result<action_payload> {
          return unexpected();
        },
        [this](const ask_decide& q) -> caf::result<action_payload> {
          if (refuse_decision)
            return to_error(*refuse_decision);
          decisions.push_back(*q);
          for (const auto& x : q->context.with)
            recorded.push_back(x);
          return action_payload{action{}};
        },
        [=](const ask_cancel&) -> caf::result<action_payload> {
          return unexpected();
        },
        [=, this](const await_action& q) -> caf::result<action_payload> {
          auto promise = me->make_response_promise<action_payload>();
          awaited[q.id] = promise;
          return promise;
        },
        [=](const ask_skill&) -> caf::result<skill_view> {
          return unexpected();
        },
        [=](const ask_default_provider&) -> caf::result<std::string> {
          return unexpected();
        },
        [=](const ask_register_provider&) -> caf::result<std::string> {
          return unexpected();
        },
        [=](const ask_remove_provider&) -> caf::result<std::string> {
          return unexpected();
        },
        [=](const ask_mode&) -> caf::result<std::string> {
          return unexpected();
        },
        [](apply_atom) {},
        [](restore_atom) {},
        [this](commit_atom) { todo.run(); },
        [](sweep_atom) {},
    };
  }));
  return orchestrator;
}

channel_router_actor channel_fixture::spawn_router() {
  const auto unexpected = [] {
    return to_error({errc::internal, "nobody expected this", {}, {}});
  };
  return keep(sys.spawn([=, this](channel_router_actor::pointer)
                            -> channel_router_actor::behavior_type {
    return {
        [](check_atom) { return std::string{"proved"}; },
        [=](const ask_register_channel&) -> caf::result<std::string> {
          return unexpected();
        },
        [=](const ask_remove_channel&) -> caf::result<std::string> {
          return unexpected();
        },
        [=](const ask_switch_channels&) -> caf::result<std::uint32_t> {
          return unexpected();
        },
        [=](const ask_bind_user&) -> caf::result<std::string> {
          return unexpected();
        },
        [=](const ask_confirm_pairing&) -> caf::result<std::string> {
          return unexpected();
        },
        [this](const ask_begin_pairing&) -> caf::result<std::string> {
          ++pairings;
          return std::string{"ABCD1234"};
        },
        [](apply_atom, const std::string&) {},
        [](sweep_atom) {},
    };
  }));
}

vault_actor channel_fixture::spawn_vault() {
  return keep(
      sys.spawn([this](vault_actor::pointer) -> vault_actor::behavior_type {
        return {
            [](check_atom) { return std::string{"proved"}; },
            [](const seal_payload&) { return std::string{}; },
            [this](const unseal_secret& q) -> caf::result<secret_payload> {
              CAF_CHECK_EQUAL(q.name, "channels/tg/token");
              CAF_CHECK_EQUAL(q.audience, "channel telegram http://h:1");
              if (!token)
                return to_error({errc::not_found, "none", {}, {}});
              return secret_payload{secret_text{*token}};
            },
            closedpaw::test::no_owner_secret,
            closedpaw::test::no_vault_commands,
            closedpaw::test::no_tokens,
        };
      }));
}

void channel_fixture::start() {
  sut = keep(spawn_channel(host(), own_place.begin(), args));
  settle();
}

void channel_fixture::connect() {
  start();
  answer("getMe", R"({"ok":true,"result":{"username":"our_bot"}})");
  answer("getUpdates", R"({"ok":true,"result":[]})");
}

bool channel_fixture::is_open(const std::string& method) {
  return std::ranges::any_of(fetches, [&](const auto& f) {
    return !f->cancelled && f->request.url.ends_with('/' + method);
  });
}

std::shared_ptr<channel_fixture::fetch> channel_fixture::open(
    const std::string& method) {
  const auto it = std::ranges::find_if(fetches, [&](const auto& f) {
    return !f->cancelled && f->request.url.ends_with('/' + method);
  });
  CAF_REQUIRE(it != fetches.end());
  return *it;
}

void channel_fixture::answer(const std::string& method, const std::string& body,
                             unsigned status) {
  auto f = open(method);
  std::erase(fetches, f);
  http::client_response r;
  r.status = status;
  r.body = body;
  f->done(std::move(r));
  settle();
}

void channel_fixture::fails(const std::string& method, errc code) {
  auto f = open(method);
  std::erase(fetches, f);
  f->done(failure{code, "the reason, and T0KEN", {}, {}});
  settle();
}

void channel_fixture::receive(const std::string& text,
                              const std::string& sender, bool is_private) {
  const json message{
      {"message_id", 3},
      {"text", text},
      {"from", {{"id", std::stoll(sender)}, {"first_name", "Ann"}}},
      {"chat",
       {{"id", is_private ? std::stoll(sender) : -100},
        {"type", is_private ? "private" : "group"}}}};
  const json update{{"update_id", updates++}, {"message", message}};
  answer("getUpdates", dump({{"ok", true}, {"result", {update}}}));
}

std::string channel_fixture::take_sent() {
  const auto body = json::parse(open("sendMessage")->request.body);
  answer("sendMessage", R"({"ok":true,"result":{"message_id":9}})");
  return body["text"].get<std::string>();
}

std::map<std::string, json> channel_fixture::registry() {
  std::map<std::string, json> rows;
  const auto apply = [&](const registry_change& x) {
    if (x.value)
      rows[x.key] = *x.value;
    else
      rows.erase(x.key);
  };
  for (const auto& x : recorded)
    apply(x);
  for (const auto& unit : logger.units)
    for (const auto& x : unit.registry)
      apply(x);
  return rows;
}

channel_verdict channel_fixture::verdict() {
  return judge(seen(), view->stale_since(), test_now());
}

void channel_fixture::bind(const std::string& user, bool approves) {
  auto next = *access->get();
  next.users[user].approves = approves;
  access->publish(std::move(next));
}

void channel_fixture::end_action(const uuid& id, const std::string& response) {
  action row;
  row.status = action_status::completed;
  row.result = json{{"response", response}};
  end_action(id, std::move(row));
}

void channel_fixture::end_action(const uuid& id, action row) {
  CAF_REQUIRE(awaited.contains(id));
  row.id = id;
  // Answers leave from inside the actor.
  todo.queue.emplace_back([this, id, row = std::move(row)] {
    auto node = awaited.extract(id);
    node.mapped().deliver(action_payload{row});
  });
  caf::anon_send(orchestrator, commit_atom::value);
  settle();
}

void channel_fixture::replace_orchestrator() {
  orchestrator_place.begin();
  orchestrator_place.slot->set(spawn_orchestrator());
}

}  // namespace closedpaw::channels::test
