#define CAF_SUITE log_retention

#include "actors/storage/log_retention.hpp"

#include "actors/storage/store/cut.hpp"
#include "tests/actor/mocks.hpp"
#include "tests/actor/storage/storage_fixture.hpp"

namespace log_retention_tests {

using namespace closedpaw;
using namespace closedpaw::storage;
using namespace closedpaw::storage::test;

constexpr milliseconds interval{1'000};

struct sut_fixture : storage_fixture {
  sut_fixture() {
    storage::test::fill(*where, 1'500);
    log_place.slot->set(logger);
    limits.age = std::chrono::hours{1};
    args.where = where.get();
    args.logger = log_place.slot;
    args.limits = [this] { return limits; };
    args.anchored = [this] { return size(); };
    args.interval = interval;
    args.now = test_now;
    sut = keep(spawn_log_retention(host(), own.begin(), args));
    settle();
  }
  ~sut_fixture() override { end(); }

  std::string told() {
    return *ask_now<std::string>(*this, sut, check_atom::value)->answer;
  }

  std::string last_detail() const {
    return own.where->snapshot(0, test_now()).last_exchange->detail;
  }

  retention_limits limits;
  log_retention_args args;
  closedpaw::test::place<log_retention_actor> own =
      make_place<log_retention_actor>("retention");
  log_retention_actor sut;
};

}  // namespace log_retention_tests

CAF_TEST_FIXTURE_SCOPE(log_retention_tests, sut_fixture)

CAF_TEST(it_cuts_part_after_part_once_its_time_has_come) {
  advance(interval - milliseconds{50});
  CAF_CHECK_EQUAL(told(), "the log begins at event 0 of 1500");
  advance(milliseconds{100});
  // Two cuts and what tells of them, in one sweep.
  CAF_CHECK_EQUAL(told(), "the log begins at event 1280 of 1502");
  CAF_CHECK_EQUAL(last_detail(), "cut the log: it begins at event 1280");
}

CAF_TEST(a_logger_that_refuses_is_asked_again_later) {
  closedpaw::test::logger_mock refusing;
  refusing.refuse = failure{errc::storage_full, "the disk is full", {}, {}};
  log_place.slot->set(refusing.spawn(*this));
  advance(interval);
  CAF_CHECK_EQUAL(told(), "the log begins at event 0 of 1500");
  CAF_CHECK_EQUAL(last_detail(), "the disk is full");
  log_place.slot->set(logger);
  advance(interval);
  CAF_CHECK_EQUAL(told(), "the log begins at event 1280 of 1502");
}

CAF_TEST(a_logger_that_is_down_is_asked_again_when_it_is_back) {
  log_place.slot->clear();
  advance(interval);
  CAF_CHECK_EQUAL(told(), "the log begins at event 0 of 1500");
  CAF_CHECK(contains(last_detail(), "the audit log"));
  log_place.slot->set(logger);
  advance(interval);
  CAF_CHECK_EQUAL(told(), "the log begins at event 1280 of 1502");
}

CAF_TEST(without_limits_nothing_goes) {
  limits = {};
  advance(5 * interval);
  CAF_CHECK_EQUAL(told(), "the log begins at event 0 of 1500");
  limits.live_bytes = 1;
  advance(interval);
  CAF_CHECK_EQUAL(told(), "the log begins at event 1280 of 1502");
}

CAF_TEST_FIXTURE_SCOPE_END()
