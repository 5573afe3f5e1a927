#define CAF_SUITE recorder

#include "actors/monitoring/recorder.hpp"
#include "tests/actor/mocks.hpp"

namespace recorder_tests {

using namespace closedpaw;
using namespace closedpaw::test;

struct sut_fixture : fixture {
  sut_fixture() {
    log_place.begin();
    log_place.slot->set(logger.spawn(*this));
    start();
  }
  ~sut_fixture() override { end(); }

  void start() {
    sut = keep(monitoring::spawn_recorder(host(), own_place.begin(), &events,
                                          log_place.slot, test_now));
    settle();
  }
  void push(const std::string& status) {
    audit_event e;
    e.actor = "supervisor";
    e.status = status;
    events.push(std::move(e));
  }
  /// Of all that was sent.
  std::vector<std::string> recorded() const {
    std::vector<std::string> out;
    for (const auto& u : logger.units)
      for (const auto& e : u.events)
        out.push_back(e.status);
    return out;
  }

  monitoring::outbox events{4};
  logger_mock logger;
  place<audit_logger_actor> log_place =
      make_place<audit_logger_actor>("the audit log");
  place<recorder_actor> own_place = make_place<recorder_actor>("recorder");
  recorder_actor sut;
};

using strings = std::vector<std::string>;

}  // namespace recorder_tests

CAF_TEST_FIXTURE_SCOPE(recorder_tests, sut_fixture)

CAF_TEST(events_reach_the_log_in_order) {
  push("one");
  push("two");
  advance(milliseconds{200});
  CAF_CHECK_EQUAL(recorded(), (strings{"one", "two"}));
  CAF_CHECK_EQUAL(logger.units.size(), 1U);
  CAF_CHECK(logger.last().may_use_reserve);
  CAF_CHECK_EQUAL(events.size(), 0U);
  advance(milliseconds{1000});
  CAF_CHECK_EQUAL(logger.units.size(), 1U);
}

CAF_TEST(one_unit_at_a_time) {
  logger.hold = true;
  push("one");
  advance(milliseconds{200});
  push("two");
  advance(milliseconds{600});
  CAF_CHECK_EQUAL(recorded(), (strings{"one"}));
  CAF_CHECK_EQUAL(events.size(), 2U);
  logger.commit_next(*this);
  CAF_CHECK_EQUAL(recorded(), (strings{"one", "two"}));
}

CAF_TEST(they_wait_while_the_log_is_away) {
  log_place.slot->clear();
  push("one");
  advance(milliseconds{1000});
  CAF_CHECK(logger.units.empty());
  CAF_CHECK_EQUAL(events.size(), 1U);
  log_place.slot->set(logger.handle);
  advance(milliseconds{200});
  CAF_CHECK_EQUAL(recorded(), (strings{"one"}));
}

CAF_TEST(a_refused_unit_is_sent_again) {
  logger.refuse = failure{errc::storage_failed, "the disk is gone", {}, {}};
  push("one");
  advance(milliseconds{200});
  CAF_CHECK_EQUAL(events.size(), 1U);
  logger.refuse.reset();
  advance(milliseconds{200});
  CAF_CHECK_EQUAL(recorded(), (strings{"one", "one"}));
  CAF_CHECK_EQUAL(events.size(), 0U);
}

CAF_TEST(they_survive_the_recorder) {
  logger.hold = true;
  push("one");
  advance(milliseconds{200});
  kill(sut);
  logger.hold = false;
  start();
  advance(milliseconds{200});
  CAF_CHECK_EQUAL(events.size(), 0U);
  CAF_CHECK_EQUAL(recorded(), (strings{"one", "one"}));
}

CAF_TEST(stopping_in_order_records_what_waits) {
  logger.hold = true;
  push("one");
  advance(milliseconds{200});
  push("two");
  caf::anon_send_exit(sut, caf::exit_reason::user_shutdown);
  settle();
  CAF_CHECK_EQUAL(recorded(), (strings{"one"}));
  logger.commit_next(*this);
  CAF_CHECK_EQUAL(recorded(), (strings{"one", "two"}));
  logger.commit_next(*this);
  CAF_CHECK_EQUAL(events.size(), 0U);
  // It has ended: nobody collects any more.
  push("three");
  advance(milliseconds{1000});
  CAF_CHECK_EQUAL(events.size(), 1U);
}

CAF_TEST(stopping_does_not_wait_for_a_log_that_is_away) {
  log_place.slot->clear();
  push("one");
  caf::anon_send_exit(sut, caf::exit_reason::user_shutdown);
  settle();
  log_place.slot->set(logger.handle);
  advance(milliseconds{1000});
  CAF_CHECK(logger.units.empty());
}

CAF_TEST(one_that_the_store_will_never_take_does_not_hold_up_the_rest) {
  logger.hold = true;
  const failure never{errc::bad_request, "not like this", {}, {}};
  push("one");
  push("two");
  advance(milliseconds{200});
  CAF_CHECK_EQUAL(logger.last().events.size(), 2U);
  logger.refuse_next(*this, never);
  // Now alone.
  CAF_CHECK_EQUAL(logger.last().events.size(), 1U);
  logger.refuse_next(*this, never);
  CAF_CHECK_EQUAL(events.size(), 1U);
  CAF_CHECK_EQUAL(logger.last().events.at(0).status, "two");
  logger.commit_next(*this);
  CAF_CHECK_EQUAL(events.size(), 0U);
}

CAF_TEST(what_had_to_be_dropped_is_told) {
  log_place.slot->clear();
  for (const auto* x : {"1", "2", "3", "4", "5", "6"})
    push(x);
  // However long the log is away, the note takes no event's place.
  advance(milliseconds{5000});
  log_place.slot->set(logger.handle);
  advance(milliseconds{400});
  CAF_CHECK_EQUAL(recorded(), (strings{"dropped", "3", "4", "5", "6"}));
  const auto& note = logger.units[0].events[0];
  CAF_CHECK_EQUAL(note.details.value().at("dropped_events").get<int>(), 2);
  CAF_CHECK_EQUAL(note.level, "high");
  CAF_CHECK_EQUAL(note.time, test_now() - milliseconds{200});
}

CAF_TEST(the_note_is_repeated_until_it_is_recorded) {
  for (const auto* x : {"1", "2", "3", "4", "5"})
    push(x);
  logger.refuse = failure{errc::storage_failed, "the disk is gone", {}, {}};
  advance(milliseconds{200});
  logger.refuse.reset();
  advance(milliseconds{600});
  CAF_CHECK_EQUAL(recorded(), (strings{"dropped", "2", "3", "4", "5",  //
                                       "dropped", "2", "3", "4", "5"}));
}

CAF_TEST(its_check_reaches_the_log) {
  auto asked = ask_now<std::string>(*this, sut, check_atom::value);
  CAF_REQUIRE_EQUAL(asked->code(), "ok");
  CAF_CHECK_EQUAL(*asked->answer, "reached the audit log; 0 events wait");
  log_place.slot->clear();
  CAF_CHECK_EQUAL(ask_now<std::string>(*this, sut, check_atom::value)->code(),
                  "unavailable");
}

CAF_TEST_FIXTURE_SCOPE_END()
