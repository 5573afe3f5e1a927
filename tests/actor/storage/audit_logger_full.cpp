#define CAF_SUITE audit_logger_full

#include "tests/actor/storage/storage_fixture.hpp"

namespace audit_logger_full_tests {

using namespace closedpaw;
using namespace closedpaw::storage;
using namespace closedpaw::storage::test;

/// A log whose map has room for little.
struct sut_fixture : closedpaw::test::fixture {
  sut_fixture() {
    auto options = options_for(dir.data());
    options.map_size = 1 << 20;
    options.reserve_size = 1 << 20;
    where = store::open(options).value();
    audit_logger_args args;
    args.where = where.get();
    args.view = &view;
    logger = keep(spawn_audit_logger(
        host(), make_place<audit_logger_actor>("the audit log").begin(), false,
        args));
    settle();
  }
  ~sut_fixture() override { end(); }

  auto send(std::size_t bytes, bool urgent = false) {
    commit_unit unit;
    unit.events.push_back(event_of(0, "large"));
    unit.events.back().details = json{{"padding", std::string(bytes, 'x')}};
    unit.may_use_reserve = urgent;
    return sent_unit{ask_now<commit_answers>(
        *this, logger, commit_batch{commit_unit_payload{unit}})};
  }

  temp_dir dir;
  std::unique_ptr<store> where;
  generation gen;
  published<storage_view> view{gen};
  audit_logger_actor logger;
};

}  // namespace audit_logger_full_tests

CAF_TEST_FIXTURE_SCOPE(audit_logger_full_tests, sut_fixture)

CAF_TEST(a_full_store_is_refused_and_seen) {
  for (int i = 0; i < 1000 && !view.get()->refusing; ++i)
    send(20'000);
  CAF_REQUIRE(view.get()->refusing);
  CAF_CHECK_EQUAL(view.get()->refusing->code, errc::storage_full);
  CAF_CHECK_EQUAL(send(20'000).code(), "storage_full");
  // Whoever asks whether it works hears the same.
  auto barrier = ask_now<std::uint64_t>(*this, logger, barrier_atom::value);
  CAF_CHECK_EQUAL(barrier->code(), "storage_full");
  auto check = ask_now<std::string>(*this, logger, check_atom::value);
  CAF_CHECK_EQUAL(check->code(), "storage_full");
  // What must be recorded still is.
  CAF_CHECK_EQUAL(send(10, true).code(), "ok");
}

CAF_TEST_FIXTURE_SCOPE_END()
