#define CAF_SUITE event_log

#include "actors/audit/event_log.hpp"

#include "tests/unit_test.hpp"

namespace event_log_tests {

using namespace closedpaw;
using namespace closedpaw::audit;

audit_event at(std::int64_t us) {
  audit_event out;
  out.time = timestamp{std::chrono::microseconds{us}};
  out.actor = "test";
  return out;
}

constexpr auto ignore = [](std::uint8_t, std::uint64_t, const hash256&) {};

CAF_TEST(numbers_events_and_hashes_their_bytes) {
  event_log log{{}};
  const auto first = log.append(at(10), ignore);
  const auto second = log.append(at(20), ignore);
  CAF_CHECK_EQUAL(first.sequence, 0u);
  CAF_CHECK_EQUAL(second.sequence, 1u);
  CAF_CHECK_EQUAL(log.next_sequence(), 2u);
  CAF_CHECK_EQUAL(first.bytes, canonical_bytes(at(10)));
  CAF_CHECK(first.leaf == leaf_hash(first.bytes));
  CAF_CHECK(log.head().tree.root() == node_hash(first.leaf, second.leaf));
}

CAF_TEST(time_never_runs_backwards) {
  event_log log{{}};
  log.append(at(100), ignore);
  const auto earlier = log.append(at(50), ignore);
  const auto read = audit_event_from_bytes(earlier.bytes);
  CAF_REQUIRE(read);
  CAF_CHECK_EQUAL(read->time.time_since_epoch().count(), 100);
  CAF_CHECK_EQUAL(log.head().last_time.time_since_epoch().count(), 100);
  log.append(at(101), ignore);
  CAF_CHECK_EQUAL(log.head().last_time.time_since_epoch().count(), 101);
}

CAF_TEST(goes_on_from_a_head) {
  event_log whole{{}};
  whole.append(at(1), ignore);
  event_log resumed{whole.head()};
  whole.append(at(2), ignore);
  CAF_CHECK_EQUAL(resumed.append(at(2), ignore).sequence, 1u);
  CAF_CHECK(resumed.head() == whole.head());
}

}  // namespace event_log_tests
