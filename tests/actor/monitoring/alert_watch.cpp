#define CAF_SUITE alert_watch

#include "actors/monitoring/alert_watch.hpp"

#include "actors/monitoring/metrics/family.hpp"
#include "tests/actor/mocks.hpp"

namespace alert_watch_tests {

using namespace closedpaw;
using namespace closedpaw::test;

alert_rule only_rule() {
  alert_rule r;
  r.name = "R";
  r.of.metric = "x";
  r.by = {"who"};
  return r;
}

struct sut_fixture : fixture {
  sut_fixture()
      : board{{only_rule()},
              {config::receiver_settings{.name = "a", .type = "log"}},
              {}} {
    live.now = test_now;
    live.tree = [this] { return nodes->snapshot(0, test_now()); };
    log_place.begin();
    log_place.slot->set(logger.spawn(*this));
    start();
  }
  ~sut_fixture() override { end(); }

  void start() {
    monitoring::alert_watch_args args;
    args.board = &board;
    args.live = &live;
    args.logger = log_place.slot;
    args.measure = [this] {
      auto f = monitoring::family::gauge("x", "");
      for (const auto& who : wrong)
        f.add({{"who", who}}, 1.0);
      monitoring::families out;
      std::move(f).to(out);
      return out;
    };
    args.stored = [this]() -> result<std::vector<json>> { return stored; };
    args.report = [this](audit_event e) { events.push_back(std::move(e)); };
    args.announce = [this](const alert& x) { announced.push_back(x); };
    sut = keep(monitoring::spawn_alert_watch(host(), own.begin(), args));
    // As a supervisor does.
    CAF_CHECK_EQUAL(ask_now<std::string>(*this, sut, check_atom::value)->code(),
                    "ok");
  }

  ask_silence silence(std::chrono::seconds lasts) const {
    ask<silence_alerts> q;
    q.command.what.id = "s";
    q.command.what.matchers = {{"who", {"a"}, false}};
    q.command.what.ends_at = test_now() + lasts;
    q.context.peer = {"local", "uid:7"};
    return q;
  }

  monitoring::alerts::board board;
  live_state live;
  std::vector<std::string> wrong;
  std::vector<json> stored;
  std::vector<audit_event> events;
  std::vector<alert> announced;
  logger_mock logger;
  place<audit_logger_actor> log_place =
      make_place<audit_logger_actor>("the audit log");
  place<alert_watch_actor> own = make_place<alert_watch_actor>("alert_watch");
  alert_watch_actor sut;
};

}  // namespace alert_watch_tests

CAF_TEST_FIXTURE_SCOPE(alert_watch_tests, sut_fixture)

CAF_TEST(what begins and ends is published and reported and announced) {
  CAF_CHECK(live.alerts.get()->alerts.empty());
  wrong = {"a"};
  advance(milliseconds{500});
  CAF_REQUIRE_EQUAL(live.alerts.get()->alerts.size(), 1U);
  CAF_CHECK(live.alerts.get()->alerts[0].state == alert_state::firing);
  CAF_REQUIRE_EQUAL(events.size(), 1U);
  CAF_CHECK_EQUAL(events[0].action_type, "alert");
  CAF_CHECK_EQUAL(events[0].status, "firing");
  CAF_CHECK_EQUAL(events[0].level, "medium");
  wrong.clear();
  advance(milliseconds{500});
  CAF_CHECK(live.alerts.get()->alerts[0].state == alert_state::resolved);
  CAF_CHECK_EQUAL(events.size(), 2U);
  CAF_CHECK_EQUAL(announced.size(), 2U);
}

CAF_TEST(only changes are published) {
  wrong = {"a"};
  advance(milliseconds{500});
  const auto before = live.gen.value();
  advance(milliseconds{3000});
  CAF_CHECK_EQUAL(live.gen.value(), before);
}

CAF_TEST(a life that follows does not report it again) {
  wrong = {"a"};
  advance(milliseconds{500});
  fault(sut, fault_kind::throw_);
  live.alerts.mark_stale(test_now());
  start();
  advance(milliseconds{1000});
  CAF_CHECK_EQUAL(events.size(), 1U);
  CAF_CHECK(!live.alerts.stale_since());
}

CAF_TEST(a silence is in force once it is recorded) {
  wrong = {"a"};
  logger.hold = true;
  auto asked = ask_now<std::string>(*this, sut, silence(std::chrono::hours{1}));
  CAF_CHECK(!asked->answered());
  advance(milliseconds{500});
  CAF_CHECK_EQUAL(live.alerts.get()->alerts[0].silenced_by, "");
  logger.hold = false;
  logger.commit_next(*this);
  CAF_REQUIRE_EQUAL(asked->code(), "ok");
  CAF_CHECK_EQUAL(*asked->answer, "s");
  const auto& unit = logger.last();
  CAF_CHECK_EQUAL(unit.events.at(0).status, "silenced");
  CAF_CHECK_EQUAL(unit.events.at(0).user.id, "uid:7");
  CAF_CHECK_EQUAL(unit.registry.at(0).key, "silences/s");
  CAF_CHECK(silence_from(*unit.registry.at(0).value)->created_by == "uid:7");
  advance(milliseconds{500});
  CAF_CHECK_EQUAL(live.alerts.get()->alerts[0].silenced_by, "s");
  // It is told to whoever looks, and ends by itself, which is recorded.
  CAF_CHECK_EQUAL(live.alerts.get()->silences.size(), 1U);
  advance(std::chrono::hours{1}, std::chrono::seconds{30});
  CAF_CHECK(live.alerts.get()->silences.empty());
  CAF_CHECK_EQUAL(logger.last().events.at(0).status, "silence_expired");
  CAF_CHECK(!logger.last().registry.at(0).value);
}

CAF_TEST(a silence that cannot be recorded is none) {
  logger.refuse = failure{errc::storage_full, "no room", {}, {}};
  auto asked = ask_now<std::string>(*this, sut, silence(std::chrono::hours{1}));
  CAF_CHECK_EQUAL(asked->message(), "no room");
  CAF_CHECK(board.view().silences.empty());
  log_place.slot->clear();
  asked = ask_now<std::string>(*this, sut, silence(std::chrono::hours{1}));
  CAF_CHECK_EQUAL(asked->code(), "unavailable");
}

CAF_TEST(a silence is ended by hand) {
  ask_now<std::string>(*this, sut, silence(std::chrono::hours{1}));
  ask<end_silence> q;
  q.command.id = "s";
  auto asked = ask_now<std::string>(*this, sut, ask_end_silence{q});
  CAF_CHECK_EQUAL(asked->code(), "ok");
  CAF_CHECK_EQUAL(logger.last().events.at(0).status, "silence_ended");
  CAF_CHECK(board.view().silences.empty());
  asked = ask_now<std::string>(*this, sut, ask_end_silence{q});
  CAF_CHECK_EQUAL(asked->code(), "not_found");
}

CAF_TEST(
    stored silences are in force from the start and damaged ones are not ) {
  alert_silence x = silence(std::chrono::hours{1})->command.what;
  stored = {to_json(x), json("damaged")};
  start();
  CAF_REQUIRE_EQUAL(live.alerts.get()->silences.size(), 1U);
  CAF_CHECK_EQUAL(live.alerts.get()->silences[0].id, "s");
}

CAF_TEST_FIXTURE_SCOPE_END()
