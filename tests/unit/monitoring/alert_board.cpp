#define CAF_SUITE alert_board

#include "actors/monitoring/alerts/board.hpp"
#include "tests/unit/monitoring/alert_fixture.hpp"
#include "tests/unit_test.hpp"

namespace alert_board_tests {

using namespace closedpaw;
using namespace closedpaw::monitoring;
using namespace std::chrono_literals;

struct desk {
  desk() {
    auto rule = rule_of("R", alert_measure::value, "x", 0);
    rule.by = {"who"};
    board.emplace(
        std::vector{rule},
        std::vector{config::receiver_settings{.name = "a", .type = "log"},
                    config::receiver_settings{.name = "b", .type = "log"}},
        alerts::mailing::times{});
  }

  void look(const char* who, std::chrono::seconds after) {
    mono += after;
    wall += after;
    auto f = family::gauge("x", "");
    f.add({{"who", who}}, 1.0);
    families now;
    std::move(f).to(now);
    board->look(now, {mono, wall},
                [](const auto&, const auto&) { return std::string{}; });
  }

  std::optional<alerts::board> board;
  alerts::monotonic mono{1h};
  timestamp wall{1'000'000s};
};

alert_silence silence_of(std::vector<label_condition> matchers,
                         timestamp until) {
  alert_silence s;
  s.id = "s1";
  s.matchers = std::move(matchers);
  s.ends_at = until;
  return s;
}

CAF_TEST(every receiver is told and is tried for itself) {
  desk d;
  d.look("x", 0s);
  CAF_CHECK(d.board->outgoing(d.mono).empty());
  d.look("x", 1s);
  const auto out = d.board->outgoing(d.mono);
  CAF_REQUIRE_EQUAL(out.size(), 2u);
  CAF_CHECK_EQUAL(out[1].to.name, "b");
  d.board->delivered(0, d.wall);
  d.board->failed(1, "no", d.mono);
  d.look("x", 1s);
  const auto again = d.board->outgoing(d.mono);
  CAF_REQUIRE_EQUAL(again.size(), 1u);
  CAF_CHECK_EQUAL(again[0].receiver, 1u);
  const auto views = d.board->receivers();
  CAF_CHECK_EQUAL(views[0].delivered, 1u);
  CAF_CHECK_EQUAL(views[1].trouble, "no");
}

CAF_TEST(a silence covers what meets all of its conditions) {
  alert a;
  a.rule = "R";
  a.severity = alert_severity::critical;
  a.labels = {{"who", "x"}};
  const auto covered = [&](std::vector<label_condition> m) {
    return alerts::covers(silence_of(std::move(m), {}), a);
  };
  CAF_CHECK(covered({{"alertname", {"R"}, false}}));
  CAF_CHECK(covered(
      {{"severity", {"warning", "critical"}, false}, {"who", {"x"}, false}}));
  CAF_CHECK(!covered({{"alertname", {"R"}, false}, {"who", {"x"}, true}}));
  CAF_CHECK(!covered({{"who", {"y"}, false}}));
}

CAF_TEST(a silence keeps alerts quiet until it ends) {
  desk d;
  d.board->put(silence_of({{"who", {"x"}, false}}, d.wall + 60s));
  d.look("x", 0s);
  d.look("x", 1s);
  CAF_CHECK(d.board->outgoing(d.mono).empty());
  CAF_CHECK_EQUAL(d.board->view().alerts.at(0).silenced_by, "s1");
  CAF_CHECK(d.board->expire_silences(d.wall).empty());
  CAF_CHECK_EQUAL(d.board->expire_silences(d.wall + 60s).size(), 1u);
  d.look("x", 60s);
  d.look("x", 1s);
  CAF_CHECK_EQUAL(d.board->outgoing(d.mono).size(), 2u);
  CAF_CHECK(d.board->view().silences.empty());
}

CAF_TEST(ended by hand) {
  desk d;
  d.board->put(silence_of({{"who", {"x"}, false}}, d.wall + 60s));
  CAF_CHECK(!d.board->end_silence("other"));
  CAF_CHECK(d.board->end_silence("s1"));
  d.look("x", 0s);
  d.look("x", 1s);
  CAF_CHECK_EQUAL(d.board->outgoing(d.mono).size(), 2u);
}

CAF_TEST(the stored form of a silence) {
  auto s = silence_of({{"who", {"x", "y"}, true}}, timestamp{77s});
  s.comment = "known";
  s.created_by = "uid:1";
  s.starts_at = timestamp{7s};
  const auto back = silence_from(to_json(s));
  CAF_REQUIRE(back);
  CAF_CHECK(*back == s);
  CAF_CHECK(!silence_from(json::object()));
  CAF_CHECK(!silence_from(json(3)));
}

}  // namespace alert_board_tests
