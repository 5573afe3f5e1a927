#define CAF_SUITE routes_router

#include "tests/unit/http/routes/api_fixture.hpp"
#include "tests/unit_test.hpp"

namespace routes_router_tests {

using namespace closedpaw;
using namespace closedpaw::http;

struct fixture : test::api_fixture {
  unsigned status_of(std::string_view target, method verb = method::get) {
    return answer(verb, target).status;
  }
  std::string allowed(std::string_view target, method verb) {
    const auto r = answer(verb, target);
    return r.status == 405 ? test::header_of(r, "Allow")
                           : std::to_string(r.status);
  }
  std::string redirected(std::string_view target, method verb = method::get) {
    const auto r = answer(verb, target);
    return r.status == 307 ? test::header_of(r, "Location")
                           : std::to_string(r.status);
  }
  // The parameter of GET /x/{name} for this path.
  static std::string name_in(std::string path) {
    std::string seen = "not called";
    auto see = [&seen](const request&, const path_params& p,
                       const live_state&) -> outcome {
      seen =
          std::string{param(p, "name")} + "|" + std::string{param(p, "other")};
      return json_reply({});
    };
    router small{{{method::get, "/x/{name}", access::read, see, nullptr}}};
    request r;
    r.path = std::move(path);
    live_state none;
    small.dispatch(r, none);
    return seen;
  }
};

}  // namespace routes_router_tests

CAF_TEST_FIXTURE_SCOPE(routes_router_tests, fixture)

CAF_TEST(unknown_paths) {
  for (auto path : {"/nope", "/api/nope", "//api/status", "/api//status", "//",
                    "/api/skills//enable", "/api/status%2F", "/api/%zz",
                    "/API/status", "/api", "/api/models/a%ff"}) {
    const auto r = get(path);
    CAF_CHECK_EQUAL(r.status, 404u);
    CAF_CHECK_EQUAL(test::body_of(r)["detail"].get<std::string>(), "Not Found");
  }
}

CAF_TEST(methods) {
  CAF_CHECK_EQUAL(allowed("/api/status", method::post), "GET, HEAD");
  CAF_CHECK_EQUAL(allowed("/api/chat", method::get), "POST");
  CAF_CHECK_EQUAL(allowed("/api/chat", method::options), "POST");
  CAF_CHECK_EQUAL(allowed("/api/actions", method::del), "GET, HEAD, POST");
  CAF_CHECK_EQUAL(allowed("/api/providers/register", method::get), "POST");
  // An exact path hides the pattern that would match it.
  CAF_CHECK_EQUAL(allowed("/api/models/switch?model=x", method::get), "POST");
  CAF_CHECK_EQUAL(allowed("/api/actions/1/approve", method::put), "POST");
  const auto r = post("/api/status");
  CAF_CHECK_EQUAL(test::body_of(r)["detail"].get<std::string>(),
                  "Method Not Allowed");
}

CAF_TEST(head_is_served_by_get_routes) {
  CAF_CHECK_EQUAL(status_of("/", method::head), 200u);
  CAF_CHECK_EQUAL(status_of("/api/status", method::head), 200u);
  CAF_CHECK_EQUAL(status_of("/api/chat", method::head), 405u);
  const auto r = answer(method::head, "/api/events");
  CAF_CHECK_EQUAL(test::header_of(r, "Content-Type"), "text/event-stream");
  CAF_CHECK(!r.stream);
}

CAF_TEST(a_wrong_trailing_slash_is_redirected) {
  CAF_CHECK_EQUAL(redirected("/api/status/"),
                  "http://127.0.0.1:8000/api/status");
  CAF_CHECK_EQUAL(redirected("/api/status//?a=%20b"),
                  "http://127.0.0.1:8000/api/status?a=%20b");
  CAF_CHECK_EQUAL(redirected("/api/actions/", method::post),
                  "http://127.0.0.1:8000/api/actions");
  CAF_CHECK_EQUAL(redirected("/api/chat/"), "http://127.0.0.1:8000/api/chat");
  CAF_CHECK_EQUAL(redirected("/api/models/a%2Fb/"),
                  "http://127.0.0.1:8000/api/models/a%2Fb");
  CAF_CHECK_EQUAL(redirected("/api/nope/"), "404");
  CAF_CHECK_EQUAL(redirected("//evil.example/"), "404");
}

CAF_TEST(a_slash_is_added_where_only_that_exists) {
  auto fine = [](const request&, const path_params&,
                 const live_state&) -> outcome { return json_reply({}); };
  router small{{{method::get, "/x/", access::read, fine, nullptr}}};
  request r;
  r.path = "/x";
  r.headers = {{"host", "h"}};
  auto x = small.dispatch(r, live);
  CAF_REQUIRE(std::holds_alternative<response>(x));
  CAF_CHECK_EQUAL(test::header_of(std::get<response>(x), "Location"),
                  "http://h/x/");
  r.local = false;
  x = small.dispatch(r, live);
  CAF_REQUIRE(std::holds_alternative<response>(x));
  CAF_CHECK_EQUAL(test::header_of(std::get<response>(x), "Location"),
                  "https://h/x/");
}

CAF_TEST(segments_are_decoded_after_splitting) {
  CAF_CHECK_EQUAL(name_in("/x/a%2Fb%20c+d"), "a/b c+d|");
  CAF_CHECK_EQUAL(name_in("/x/%E2%98%83"), "\xE2\x98\x83|");
  CAF_CHECK_EQUAL(name_in("/x/"), "not called");
  CAF_CHECK_EQUAL(name_in("/x/a/b"), "not called");
  CAF_CHECK_EQUAL(name_in("/x/%ff"), "not called");
  CAF_CHECK_EQUAL(name_in("/x/%4"), "not called");
  CAF_CHECK_EQUAL(status_of("/api/%73tatus"), 200u);
  CAF_CHECK_EQUAL(status_of("/api%2Fstatus"), 404u);
}

CAF_TEST(the_rest_of_a_path) {
  CAF_CHECK_EQUAL(test::body_of(get("/api/supervision/root/ollama"))["path"]
                      .get<std::string>(),
                  "root/ollama");
  CAF_CHECK_EQUAL(
      test::body_of(get("/api/supervision/ollama"))["id"].get<std::string>(),
      "ollama");
  CAF_CHECK_EQUAL(status_of("/api/supervision/root/nope"), 404u);
  CAF_CHECK_EQUAL(status_of("/api/supervision/fault"), 405u);
  CAF_CHECK_EQUAL(redirected("/api/supervision/root/"),
                  "http://127.0.0.1:8000/api/supervision/root");
}

CAF_TEST(the_matched_route_is_known) {
  request r;
  r.path = "/api/skills/fs/enable";
  r.verb = method::post;
  auto found = table.find(r);
  CAF_REQUIRE(std::holds_alternative<route_match>(found));
  const auto& match = std::get<route_match>(found);
  CAF_CHECK_EQUAL(match.target->pattern, "/api/skills/{id}/enable");
  CAF_CHECK(match.target->level == access::admin);
  CAF_CHECK_EQUAL(param(match.params, "id"), "fs");
}

CAF_TEST(commands_that_carry_only_a_path) {
  const std::string id = "019aadd2-7d22-7000-8000-000000000001";
  auto one = command_of<get_action>(method::get, "/api/actions/" + id);
  CAF_REQUIRE(one);
  CAF_CHECK_EQUAL(to_string(one->id), id);
  CAF_CHECK(command_of<cancel_action>(method::post,
                                      "/api/actions/" + id + "/cancel"));
  for (auto path : {"/api/actions/nope", "/api/actions/123%20"}) {
    const auto r = get(path);
    CAF_CHECK_EQUAL(r.status, 404u);
    CAF_CHECK_EQUAL(test::body_of(r)["detail"].get<std::string>(),
                    "Action not found");
  }
  CAF_CHECK_EQUAL(status_of("/api/actions/nope/cancel", method::post), 404u);
  auto skill =
      command_of<set_skill_enabled>(method::post, "/api/skills/a%2Fb/disable");
  CAF_REQUIRE(skill);
  CAF_CHECK_EQUAL(skill->skill_id, "a/b");
  CAF_CHECK(!skill->enabled);
  CAF_CHECK(command_of<check_readiness>(method::get, "/readyz"));
}

CAF_TEST_FIXTURE_SCOPE_END()
