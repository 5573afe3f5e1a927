#define CAF_SUITE front_door

#include "actors/wiring/front_door.hpp"

#include "messages/model/sha256.hpp"
#include "tests/actor/fixture.hpp"

namespace front_door_tests {

using namespace closedpaw;
using namespace closedpaw::test;

/// A gateway that keeps what it is given.
struct gateway_mock {
  std::vector<exchange_ptr> kept;
  int batches = 0;

  gateway_actor::behavior_type behave() {
    return {
        [](check_atom) { return std::string{"proved"}; },
        [this](const exchange_batch& batch) {
          ++batches;
          kept.insert(kept.end(), batch->begin(), batch->end());
        },
        [](sweep_atom) { CAF_ERROR("nobody expected a sweep"); },
    };
  }
};

/// GET /live answers at once; POST /work and /talk are commands.
std::vector<http::route> routes() {
  auto command_route = [](const char* path, command c) {
    return http::route{http::method::post,
                       path,
                       http::access::act,
                       [c](const http::request&, const http::path_params&,
                           const live_state&) -> http::outcome { return c; },
                       {}};
  };
  return {{http::method::get,
           "/live",
           http::access::read,
           [](const http::request&, const http::path_params&, const live_state&)
               -> http::outcome { return http::json_response(200, "{}"); },
           {}},
          command_route("/work", switch_model{"m2"}),
          command_route("/talk", run_chat{{{"user", "hi"}}}),
          command_route("/approve", decide_action{}),
          command_route("/cancel", cancel_action{}),
          command_route("/ready", check_readiness{})};
}

struct sut_fixture : fixture {
  sut_fixture() {
    own_place.begin();
    handle = keep(sys.spawn(
        [this](gateway_actor::pointer) -> gateway_actor::behavior_type {
          return gateway.behave();
        }));
    own_place.slot->set(handle);
  }
  ~sut_fixture() override {
    end();
    gateway.kept.clear();
  }

  static config::loaded_config loaded() {
    config::loaded_config out;
    out.values.http.max_in_flight = 2;
    // Without a clock of its own: no token comes back while a test runs.
    out.values.limits.read = {1, 3};
    return out;
  }

  /// What the event loop gets at once; later answers go to `late`.
  std::optional<http::response> send(http::method verb, std::string path,
                                     std::vector<http::header> headers = {},
                                     bool local = true) {
    http::request r;
    r.headers = std::move(headers);
    r.local = local;
    r.verb = verb;
    r.path = std::move(path);
    r.id = "req-1";
    r.traceparent = "00-trace";
    r.peer = local ? principal{"local", "uid:1000"}
                   : principal{"remote", "ip:192.0.2.1"};
    http::reply_slot slot{
        "req-1", [this](http::response x) { late.push_back(std::move(x)); }};
    ++in_flight;
    auto now = door.handle(std::move(r), slot);
    if (now) {
      slot.answer(*now);
      --in_flight;
    }
    if (!same_turn)
      end_turn();
    return now;
  }

  void end_turn() {
    for (const auto& f : std::exchange(deferred, {}))
      f();
    settle();
  }

  /// More is to arrive before the event loop comes round.
  bool same_turn = false;
  live_state live;
  gateway_mock gateway;
  place<gateway_actor> own_place = make_place<gateway_actor>("the gateway");
  gateway_actor handle;
  wiring::settings_keeper settings{{}, loaded(), live.config};
  /// As the server counts: until the answer.
  std::uint64_t in_flight = 0;
  wiring::front_door door{
      routes(),
      live,
      settings,
      own_place.slot,
      [this] { return in_flight; },
      [this](std::function<void()> f) { deferred.push_back(std::move(f)); },
      [this](const http::request& r, const security::rate_verdict& x) {
        limited.push_back(r.peer.id + ' ' + std::string{to_string(x.what)});
      },
      [this](const http::request& r, const failure& why,
             std::optional<std::uint64_t> times) {
        if (!times)
          return;
        refused.push_back(r.peer.id + ' ' + std::string{to_string(why.code)} +
                          ' ' + std::to_string(*times));
      }};
  std::vector<std::function<void()>> deferred;
  std::vector<http::response> late;
  std::vector<std::string> limited;
  std::vector<std::string> refused;
};

}  // namespace front_door_tests

CAF_TEST_FIXTURE_SCOPE(front_door_tests, sut_fixture)

CAF_TEST(live_state_is_answered_at_once) {
  const auto r = send(http::method::get, "/live");
  CAF_REQUIRE(r);
  CAF_CHECK_EQUAL(r->status, 200U);
  CAF_CHECK_EQUAL(send(http::method::get, "/nothing")->status, 404U);
  CAF_CHECK(gateway.kept.empty());
}

CAF_TEST(who_asks_too_often_is_told_so) {
  for (int i = 0; i < 3; ++i)
    CAF_CHECK(send(http::method::get, "/live")->status != 429U);
  CAF_CHECK(limited.empty());
  const auto r = send(http::method::get, "/live");
  CAF_REQUIRE(r);
  CAF_CHECK_EQUAL(r->status, 429U);
  CAF_CHECK(contains(*r->body, "security.limits.read_per_second"));
  // So does one who looks for what is not there; other kinds go on.
  CAF_CHECK_EQUAL(send(http::method::get, "/nothing")->status, 429U);
  CAF_CHECK_EQUAL(limited.size(), 2U);
  CAF_CHECK_EQUAL(limited.at(0), "uid:1000 read");
  CAF_CHECK(!send(http::method::post, "/work"));
}

CAF_TEST(commands_go_to_the_gateway) {
  CAF_CHECK(!send(http::method::post, "/work"));
  CAF_REQUIRE_EQUAL(gateway.kept.size(), 1U);
  auto& x = *gateway.kept[0];
  CAF_CHECK(std::holds_alternative<switch_model>(x.what));
  CAF_CHECK_EQUAL(x.context.peer.id, "uid:1000");
  CAF_CHECK_EQUAL(x.context.request_id, "req-1");
  CAF_CHECK_EQUAL(x.context.traceparent, "00-trace");
  x.reply.answer(http::json_response(200, "{}"));
  CAF_CHECK_EQUAL(late.size(), 1U);
}

CAF_TEST(what_arrives_in_one_turn_is_one_message) {
  same_turn = true;
  send(http::method::post, "/work");
  send(http::method::post, "/talk");
  settle();
  CAF_CHECK(gateway.kept.empty());
  end_turn();
  CAF_CHECK_EQUAL(gateway.kept.size(), 2U);
  CAF_CHECK_EQUAL(gateway.batches, 1);
  // And a gateway that ends in between leaves nobody without an answer.
  send(http::method::post, "/work");
  own_place.slot->clear();
  end_turn();
  CAF_REQUIRE_EQUAL(late.size(), 1U);
  CAF_CHECK_EQUAL(late[0].status, 503U);
}

CAF_TEST(chats_may_take_longer) {
  send(http::method::post, "/work");
  send(http::method::post, "/talk");
  CAF_REQUIRE_EQUAL(gateway.kept.size(), 2U);
  const auto more = gateway.kept[1]->deadline - gateway.kept[0]->deadline;
  CAF_CHECK(more > std::chrono::seconds{80});
  // The session outwaits the gateway, whose answer says more.
  CAF_CHECK_EQUAL(
      door.session_deadline(http::method::post, "/api/actions").count(),
      31'500);
  CAF_CHECK_EQUAL(
      door.session_deadline(http::method::post, "/api/chat").count(), 121'500);
}

CAF_TEST(no_more_than_max_in_flight) {
  send(http::method::post, "/work");
  send(http::method::post, "/work");
  const auto turned = send(http::method::post, "/work");
  CAF_REQUIRE(turned);
  CAF_CHECK_EQUAL(turned->status, 503U);
  CAF_CHECK(contains(*turned->body, "http.max_in_flight"));
  CAF_CHECK_EQUAL(gateway.kept.size(), 2U);
  // Reads of live state need no place.
  CAF_CHECK_EQUAL(send(http::method::get, "/live")->status, 200U);
  --in_flight;
  CAF_CHECK(!send(http::method::post, "/work"));
}

CAF_TEST(approval_and_readiness_have_places_of_their_own) {
  send(http::method::post, "/work");
  send(http::method::post, "/work");
  for (const auto* vital : {"/approve", "/cancel", "/ready"})
    CAF_CHECK(!send(http::method::post, vital));
  CAF_CHECK_EQUAL(gateway.kept.size(), 5U);
  // Bounded as well.
  int taken = 3;
  while (taken < 1000 && !send(http::method::post, "/approve"))
    ++taken;
  CAF_CHECK_EQUAL(taken, 64);
}

CAF_TEST(without_a_gateway_it_answers_itself) {
  own_place.slot->clear();
  const auto r = send(http::method::post, "/work");
  CAF_REQUIRE(r);
  CAF_CHECK_EQUAL(r->status, 503U);
  CAF_CHECK(contains(*r->body, "the gateway is not running"));
  CAF_CHECK_EQUAL(send(http::method::get, "/live")->status, 200U);
}

CAF_TEST(a_gateway_that_died_meanwhile_leaves_nobody_waiting) {
  kill(handle);
  CAF_CHECK(!send(http::method::post, "/work"));
  CAF_REQUIRE_EQUAL(late.size(), 1U);
  CAF_CHECK_EQUAL(late[0].status, 500U);
}

CAF_TEST(whoever comes from elsewhere needs a token with the scope) {
  const token_text text{"0123456789ab",
                        secret_text{std::string(token_secret_length, 'a')}};
  access_token one;
  one.id = text.id;
  one.name = "bot";
  one.digest = to_hex(sha256({text.secret.reveal()}));
  one.scopes.add(scope::act);
  live.tokens.publish({one});
  const std::vector<http::header> bearer{
      {"authorization", "Bearer " + to_string(text)}};
  const auto none = send(http::method::get, "/live", {}, false);
  CAF_REQUIRE(none.has_value());
  CAF_CHECK_EQUAL(none->status, 401U);
  // What is not there is not told of, either.
  CAF_CHECK_EQUAL(send(http::method::get, "/nothing", {}, false)->status, 401U);
  CAF_CHECK_EQUAL(refused.at(0), "ip:192.0.2.1 unauthenticated 1");
  CAF_CHECK_EQUAL(send(http::method::get, "/live", bearer, false)->status,
                  403U);
  CAF_CHECK(!send(http::method::post, "/work", bearer, false));
  CAF_REQUIRE_EQUAL(gateway.kept.size(), 1U);
  CAF_CHECK_EQUAL(gateway.kept[0]->context.peer.id, "token:bot");
}

CAF_TEST(a browser goes on with its session until it logs out) {
  access_token one;
  one.id = "0123456789ab";
  one.name = "browser";
  one.scopes.add(scope::read);
  live.tokens.publish({one});
  const auto cookie = door.log_in(one.id);
  CAF_REQUIRE(cookie.has_value());
  const std::vector<http::header> sent{
      {"cookie", "__Host-closedpaw=" + *cookie}};
  CAF_CHECK_EQUAL(send(http::method::get, "/live", sent, false)->status, 200U);
  door.log_out(*cookie);
  CAF_CHECK_EQUAL(send(http::method::get, "/live", sent, false)->status, 401U);
}

CAF_TEST(strangers do not fill the log) {
  for (int i = 0; i < 50; ++i)
    CAF_CHECK_EQUAL(send(http::method::get, "/live", {}, false)->status, 401U);
  CAF_CHECK(refused.size() <= 8U);
}

CAF_TEST_FIXTURE_SCOPE_END()
