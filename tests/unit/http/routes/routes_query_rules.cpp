#define CAF_SUITE routes_query_rules

#include "http/routes/url_text.hpp"
#include "http/routes/validation/audit_filters.hpp"
#include "http/routes/validation/query.hpp"
#include "tests/unit/http/routes/api_fixture.hpp"
#include "tests/unit_test.hpp"

namespace routes_query_rules_tests {

using namespace closedpaw;
using namespace closedpaw::http;

struct fixture : test::api_fixture {
  std::optional<audit_query> audit(std::string query) {
    auto c = command_of<read_audit>(method::get, "/api/audit-logs?" + query);
    return c ? std::optional{c->query} : std::nullopt;
  }
  std::string places(std::string target) {
    const auto r = get(target);
    return r.status == 422 ? test::places_of(r) : std::to_string(r.status);
  }
};

}  // namespace routes_query_rules_tests

CAF_TEST_FIXTURE_SCOPE(routes_query_rules_tests, fixture)

CAF_TEST(queries_are_split_and_decoded) {
  const auto list = parse_query("a=1&b&&c=x%20y+z&d=%zz&=e&f=a=b&g=%FF");
  CAF_REQUIRE_EQUAL(list.size(), 7u);
  CAF_CHECK_EQUAL(list[1].first + "|" + list[1].second, "b|");
  CAF_CHECK_EQUAL(list[2].second, "x y z");
  CAF_CHECK_EQUAL(list[3].second, "%zz");
  CAF_CHECK_EQUAL(list[4].first + "|" + list[4].second, "|e");
  CAF_CHECK_EQUAL(list[5].second, "a=b");
  CAF_CHECK_EQUAL(list[6].second, "\xEF\xBF\xBD");
}

CAF_TEST(a_replaced_query_is_safe_in_a_header) {
  CAF_CHECK_EQUAL(
      replace_in_query("limit=5&before=9&q=%3E%22%0d%0aX", "before", "3"),
      "limit=5&q=%3E%22%0D%0AX&before=3");
  CAF_CHECK_EQUAL(replace_in_query("", "before", "3"), "before=3");
}

CAF_TEST(limits) {
  CAF_CHECK_EQUAL(audit("")->limit, 100u);
  CAF_CHECK_EQUAL(audit("limit=5")->limit, 5u);
  CAF_CHECK_EQUAL(audit("limit=1000")->limit, 1000u);
  CAF_CHECK_EQUAL(audit("limit=%2B3")->limit, 3u);
  CAF_CHECK_EQUAL(audit("limit=+3")->limit, 3u);
  CAF_CHECK_EQUAL(audit("limit=1_0")->limit, 10u);
  CAF_CHECK_EQUAL(audit("limit=007")->limit, 7u);
  CAF_CHECK_EQUAL(audit("limit=nope&limit=4")->limit, 4u);
  for (auto wrong :
       {"", "2.0", "1e2", "true", "0x10", "_1", "1_", "1__0", "-", "0", "-1",
        "1001", "1180591620717411303424", "-1180591620717411303424"})
    CAF_CHECK_EQUAL(places(std::string{"/api/audit-logs?limit="} + wrong),
                    "query.limit");
  const auto r = get("/api/audit-logs?limit=1001");
  const auto error = test::body_of(r).at("detail").at(0);
  CAF_CHECK_EQUAL(error["type"].get<std::string>(),
                  "value_error.number.not_le");
  CAF_CHECK_EQUAL(error["ctx"]["limit_value"].get<int>(), 1000);
}

CAF_TEST(audit_filters) {
  const std::string id = "019aadd2-7d22-7000-8000-000000000001";
  auto q = audit(
      "before=9&after=2&since=2026-11-24&until=2026-11-25T01:00:00Z"
      "&action_type=chat&status=completed&outcome=success&level=low"
      "&user=uid:1000&action_id=" +
      id + "&q=a%20b");
  CAF_REQUIRE(q);
  CAF_CHECK_EQUAL(*q->before, 9u);
  CAF_CHECK_EQUAL(*q->after, 2u);
  CAF_CHECK_EQUAL(to_iso8601(*q->since), "2026-11-24T00:00:00.000000");
  CAF_CHECK_EQUAL(to_iso8601(*q->until), "2026-11-25T01:00:00.000000");
  CAF_CHECK_EQUAL(*q->action_type, "chat");
  CAF_CHECK_EQUAL(*q->status, "completed");
  CAF_CHECK_EQUAL(*q->outcome, "success");
  CAF_CHECK_EQUAL(*q->level, "low");
  CAF_CHECK_EQUAL(*q->user, "uid:1000");
  CAF_CHECK_EQUAL(to_string(*q->action_id), id);
  CAF_CHECK_EQUAL(*q->text, "a b");
}

CAF_TEST(empty_text_filters_are_none) {
  auto q = audit("action_type=&status=&outcome=&level=&user=&q=");
  CAF_REQUIRE(q);
  CAF_CHECK(!q->action_type && !q->status && !q->outcome && !q->level &&
            !q->user && !q->text);
}

CAF_TEST(wrong_audit_filters) {
  const std::string path = "/api/audit-logs?";
  for (std::string name : {"before", "after", "since", "until", "action_id"}) {
    CAF_CHECK_EQUAL(places(path + name + "="), "query." + name);
    CAF_CHECK_EQUAL(places(path + name + "=nope"), "query." + name);
  }
  CAF_CHECK_EQUAL(places(path + "before=-1"), "query.before");
  CAF_CHECK_EQUAL(places(path + "outcome=maybe&level=huge"),
                  "query.outcome query.level");
  CAF_CHECK_EQUAL(places(path + "q=" + std::string(max_search_text + 1, 'x')),
                  "query.q");
  CAF_CHECK(audit("q=" + std::string(max_search_text, 'x')));
}

CAF_TEST(lists_of_actions) {
  auto c =
      command_of<list_actions>(method::get,
                               "/api/actions?status=failed&limit=7"
                               "&before=019aadd2-7d22-7000-8000-000000000001");
  CAF_REQUIRE(c);
  CAF_CHECK(c->status == action_status::failed);
  CAF_CHECK_EQUAL(c->limit, 7u);
  CAF_CHECK(c->before.has_value());
  c = command_of<list_actions>(method::get, "/api/actions");
  CAF_REQUIRE(c);
  CAF_CHECK(!c->status);
  CAF_CHECK_EQUAL(c->limit, 100u);
  CAF_CHECK_EQUAL(places("/api/actions?status=nope&limit=0&before=x"),
                  "query.status query.limit query.before");
  CAF_CHECK_EQUAL(places("/api/actions?status="), "query.status");
}

CAF_TEST(switching_models) {
  auto c = command_of<switch_model>(method::post,
                                    "/api/models/switch?model=a&model=m%3A7b");
  CAF_REQUIRE(c);
  CAF_CHECK_EQUAL(c->model, "m:7b");
  CAF_CHECK_EQUAL(test::places_of(post("/api/models/switch")), "query.model");
  CAF_CHECK_EQUAL(post("/api/models/switch?model=").status, 400u);
}

CAF_TEST(choices_and_flags) {
  CAF_CHECK_EQUAL(places("/api/supervision?format=xml"), "query.format");
  CAF_CHECK_EQUAL(places("/api/supervision/root?format="), "query.format");
  CAF_CHECK_EQUAL(places("/api/providers/health?detail=perhaps"),
                  "query.detail");
}

CAF_TEST(urls) {
  CAF_CHECK_EQUAL(public_url("http://u:p@h:1/v1?key=s#f"), "http://h:1/v1");
  CAF_CHECK_EQUAL(public_url("not a url"), "");
  CAF_CHECK(is_http_url("https://h"));
  for (auto wrong : {"notaurl", "ftp://h", "http://", "http:/h", ""})
    CAF_CHECK(!is_http_url(wrong));
}

CAF_TEST_FIXTURE_SCOPE_END()
