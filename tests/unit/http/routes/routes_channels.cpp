#define CAF_SUITE routes_channels

#include "tests/unit/http/routes/api_fixture.hpp"
#include "tests/unit_test.hpp"

namespace routes_channels_tests {

using namespace closedpaw;
using namespace closedpaw::http;
using namespace std::chrono_literals;

struct fixture : test::api_fixture {
  fixture() { add_channel("tg", "telegram"); }

  std::string verdict(std::string target, std::string body = {}) {
    const auto r = post(target, std::move(body));
    if (r.status == 422)
      return test::places_of(r);
    return std::to_string(r.status) + " " +
           test::body_of(r)["detail"].get<std::string>();
  }
  auto registration(const std::string& query, std::string body = {}) {
    return command_of<register_channel>(
        method::post, "/api/channels/register?" + query, std::move(body));
  }
  const channel_place& place() { return live.channels.get()->front(); }
};

}  // namespace routes_channels_tests

CAF_TEST_FIXTURE_SCOPE(routes_channels_tests, fixture)

CAF_TEST(registering_as_the_original_does) {
  auto c = registration("channel_type=cli&name=c1", R"(["u1", 2])");
  CAF_REQUIRE(c);
  CAF_CHECK_EQUAL(c->type + ' ' + c->name, "cli c1");
  CAF_CHECK(c->allowed_users == (std::vector<std::string>{"u1", "2"}));
  CAF_CHECK(c->enabled);
  c = registration("channel_type=webui&name=c3&enabled=false");
  CAF_REQUIRE(c);
  CAF_CHECK(!c->enabled);
  CAF_CHECK(registration("channel_type=cli&name=c9", "null"));
  // Users in the query are nobody's, as in the original.
  c = registration("channel_type=cli&name=c5&allowed_users=u1");
  CAF_REQUIRE(c);
  CAF_CHECK(c->allowed_users.empty());
}

CAF_TEST(registering_with_what_else_we_know) {
  auto c = registration(
      "channel_type=telegram&name=tg",
      R"({"token": "1:AB-c_d", "base_url": "http://127.0.0.1:1", "open": true,
          "allowed_users": ["42"]})");
  CAF_REQUIRE(c);
  CAF_CHECK_EQUAL(c->secrets.at("token").reveal(), "1:AB-c_d");
  CAF_CHECK(c->base_url == "http://127.0.0.1:1");
  CAF_CHECK(c->open == true);
  CAF_CHECK(c->allowed_users == (std::vector<std::string>{"42"}));
}

CAF_TEST(registrations_that_are_refused) {
  const std::string path = "/api/channels/register";
  const std::string good = path + "?channel_type=cli&name=c";
  CAF_CHECK_EQUAL(verdict(path, R"({"a":1})"),
                  "query.channel_type query.name body");
  CAF_CHECK_EQUAL(verdict(good, "[null, {}]"), "body.0 body.1");
  CAF_CHECK_EQUAL(verdict(good + "&enabled=perhaps"), "query.enabled");
  CAF_CHECK_EQUAL(verdict(path + "?channel_type=zzz&name=x"),
                  "400 Invalid channel type: zzz");
  for (const auto* name : {"", "a%2Fb", "A", "router"})
    CAF_CHECK_EQUAL(verdict(path + "?channel_type=cli&name=" + name),
                    "query.name");
  // Broken JSON is told alone.
  CAF_CHECK_EQUAL(verdict(path, "["), "body.1");
  CAF_CHECK_EQUAL(verdict(good, R"({"token": "a/../b"})"), "body.token");
  CAF_CHECK_EQUAL(verdict(good, R"({"token": "a\n"})"), "body.token");
  CAF_CHECK_EQUAL(verdict(good, R"({"base_url": "ftp://x"})"), "body.base_url");
}

CAF_TEST(binding_unbinding_and_pairing) {
  auto c = command_of<bind_channel_user>(
      method::post,
      "/api/channels/tg/bind-user?user_id=u9&username=Ann&approves=true");
  CAF_REQUIRE(c);
  CAF_CHECK_EQUAL(c->channel + ' ' + c->user + ' ' + c->username, "tg u9 Ann");
  CAF_CHECK(c->bound && c->approves);
  c = command_of<bind_channel_user>(method::del,
                                    "/api/channels/tg/users/%40ann");
  CAF_REQUIRE(c);
  CAF_CHECK(!c->bound);
  CAF_CHECK_EQUAL(c->user, "@ann");
  CAF_CHECK_EQUAL(verdict("/api/channels/tg/bind-user"), "query.user_id");
  CAF_CHECK_EQUAL(verdict("/api/channels/tg/bind-user?user_id="),
                  "query.user_id");
  CAF_CHECK_EQUAL(verdict("/api/channels/nope/bind-user?user_id=u9"),
                  "404 Channel not found");
  const auto p = command_of<confirm_pairing>(method::post, "/api/channels/pair",
                                             R"({"code": "ab-1"})");
  CAF_REQUIRE(p);
  CAF_CHECK_EQUAL(p->code, "ab-1");
  CAF_CHECK(!p->approves);
  CAF_CHECK_EQUAL(verdict("/api/channels/pair", "{}"), "body.code");
}

CAF_TEST(starting_and_stopping) {
  auto c = command_of<switch_channels>(method::post, "/api/channels/start");
  CAF_REQUIRE(c);
  CAF_CHECK(c->started && !c->name);
  c = command_of<switch_channels>(method::post, "/api/channels/stop?name=tg");
  CAF_REQUIRE(c);
  CAF_CHECK(!c->started);
  CAF_CHECK(c->name == "tg");
}

CAF_TEST(sending) {
  const auto c =
      command_of<send_to_channel>(method::post, "/api/channels/tg/send",
                                  R"({"conversation": "42", "text": "hi"})");
  CAF_REQUIRE(c);
  CAF_CHECK_EQUAL(c->channel + c->conversation + c->text, "tg42hi");
  CAF_CHECK_EQUAL(verdict("/api/channels/tg/send"), "body");
  CAF_CHECK_EQUAL(verdict("/api/channels/tg/send", "{}"),
                  "body.conversation body.text");
  CAF_CHECK_EQUAL(
      verdict("/api/channels/tg/send", R"({"conversation":"c","text":""})"),
      "body.text");
  CAF_CHECK_EQUAL(
      verdict("/api/channels/nope/send", R"({"conversation":"c","text":"x"})"),
      "404 Channel not found");
}

CAF_TEST(local_users_write_and_read) {
  auto places = *live.channels.get();
  places.push_back(places[0]);
  places.back().name = "ui";
  places.back().type = "webui";
  live.channels.publish(std::move(places));
  auto c = command_of<post_to_channel>(
      method::post, "/api/channels/ui/messages", R"({"text": "hi"})");
  CAF_REQUIRE(c);
  CAF_CHECK_EQUAL(c->channel + c->conversation + c->text + c->delivery,
                  "uimainhi");
  c = command_of<post_to_channel>(
      method::post, "/api/channels/ui/messages",
      R"({"text": "hi", "conversation": "c", "id": "d"})");
  CAF_REQUIRE(c);
  CAF_CHECK_EQUAL(c->conversation + c->delivery, "cd");
  CAF_CHECK_EQUAL(verdict("/api/channels/ui/messages", "{}"), "body.text");
  CAF_CHECK_EQUAL(verdict("/api/channels/ui/messages",
                          R"({"text":"","conversation":"","id":""})"),
                  "body.text body.conversation body.id");
  CAF_CHECK_EQUAL(verdict("/api/channels/nope/messages", R"({"text":"x"})"),
                  "404 Channel not found");
  CAF_CHECK(verdict("/api/channels/tg/messages", R"({"text":"x"})")
                .starts_with("409 channel tg speaks to telegram"));
  const auto r = command_of<read_conversation>(
      method::get, "/api/channels/ui/messages?limit=7&conversation=c");
  CAF_REQUIRE(r);
  CAF_CHECK_EQUAL(r->channel + r->conversation, "uic");
  CAF_CHECK_EQUAL(r->limit, 7U);
  CAF_CHECK(!r->after);
  CAF_CHECK_EQUAL(get("/api/channels/ui/messages?after=x").status, 422U);
  CAF_CHECK_EQUAL(get("/api/channels/ui/messages?limit=201").status, 422U);
  CAF_CHECK_EQUAL(get("/api/channels/nope/messages").status, 404U);
}

CAF_TEST(only_local_channels_are_followed) {
  auto places = *live.channels.get();
  places[0].type = "cli";
  live.channels.publish(places);
  const auto stream = get("/api/channels/tg/stream");
  CAF_CHECK_EQUAL(stream.status, 200U);
  CAF_CHECK(stream.stream != nullptr);
  places[0].type = "telegram";
  live.channels.publish(places);
  CAF_CHECK_EQUAL(get("/api/channels/tg/stream").status, 409U);
  CAF_CHECK_EQUAL(get("/api/channels/nope/stream").status, 404U);
}

CAF_TEST(the_list_is_the_originals_and_more_when_asked) {
  CAF_CHECK_EQUAL(test::text_of(get("/api/channels")),
                  R"({"channels":{"tg":{"type":"telegram","enabled":true,)"
                  R"("allowed_users":0}}})");
  const auto detail =
      test::body_of(get("/api/channels?detail=true"))["channels"]["tg"];
  CAF_CHECK_EQUAL(detail["state"].get<std::string>(), "stopped");
  CAF_CHECK(detail["last_error"].is_null());
  CAF_CHECK(detail["why"].is_null());
  auto places = *live.channels.get();
  places[0].held_because = "not yet";
  live.channels.publish(places);
  CAF_CHECK_EQUAL(
      test::body_of(get("/api/channels/tg"))["why"].get<std::string>(),
      "not yet");
  CAF_CHECK_EQUAL(get("/api/channels/nope").status, 404U);
}

CAF_TEST(state_time_and_counts) {
  channel_view v;
  v.started_at = test::noon;
  v.first_proof = v.last_proof = test::noon;
  v.last_exchange = "getUpdates returned 0";
  v.receiving = channel_trouble{
      {errc::unreachable, "no route", {}, {}}, test::noon, test::noon, 3, {}};
  v.messages_in = 5;
  v.backlog = 2;
  place().view->publish(v);
  const auto shown =
      test::body_of(get("/api/channels?detail=true"))["channels"]["tg"];
  CAF_CHECK_EQUAL(shown["state"].get<std::string>(), "reconnecting");
  CAF_CHECK_EQUAL(shown["why"].get<std::string>(), "no route");
  CAF_CHECK_EQUAL(shown["last_error"]["times"].get<int>(), 3);
  CAF_CHECK_EQUAL(shown["messages_in"].get<int>(), 5);
  CAF_CHECK_EQUAL(shown["backlog"].get<int>(), 2);
  const auto status = test::body_of(get("/api/status"))["channels"]["tg"];
  CAF_CHECK_EQUAL(status["state"].get<std::string>(), "reconnecting");
}

CAF_TEST(the_status_follows_the_time) {
  channel_view v;
  v.started_at = v.first_proof = v.last_proof = test::noon;
  v.proof_within = 90s;
  place().view->publish(v);
  const auto state = [this] {
    return test::body_of(get("/api/status"))["channels"]["tg"]["state"]
        .get<std::string>();
  };
  CAF_CHECK_EQUAL(state(), "connected");
  pass(90s);
  CAF_CHECK_EQUAL(state(), "degraded");
}

CAF_TEST(users_and_strangers_without_their_codes) {
  channel_access access;
  access.users["42"] = {"Ann", true, false, test::noon};
  access.pairings["SECRET12"] = {"SECRET12", "7", "Bo", test::noon + 5min};
  access.pairings["OLD"] = {"OLD", "8", "Cy", test::noon};
  place().access->publish(access);
  const auto r = get("/api/channels/tg");
  const auto shown = test::body_of(r);
  CAF_CHECK_EQUAL(shown["users"][0]["id"].get<std::string>(), "42");
  CAF_CHECK(shown["users"][0]["approves"].get<bool>());
  CAF_REQUIRE_EQUAL(shown["pairings"].size(), 1U);
  CAF_CHECK_EQUAL(shown["pairings"][0]["sender"].get<std::string>(), "7");
  CAF_CHECK(test::text_of(r).find("SECRET12") == std::string::npos);
}

CAF_TEST_FIXTURE_SCOPE_END()
