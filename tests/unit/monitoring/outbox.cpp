#define CAF_SUITE outbox

#include "actors/monitoring/outbox.hpp"

#include "tests/unit_test.hpp"

namespace outbox_tests {

using namespace closedpaw;
using closedpaw::monitoring::outbox;
using strings = std::vector<std::string>;

void push(outbox& o, std::initializer_list<const char*> names) {
  for (const auto* name : names) {
    audit_event e;
    e.status = name;
    o.push(std::move(e));
  }
}

strings names(const std::vector<audit_event>& events) {
  strings out;
  for (const auto& e : events)
    out.push_back(e.status);
  return out;
}

CAF_TEST(events_stay_until_they_are_confirmed) {
  outbox o;
  push(o, {"1", "2", "3"});
  CAF_CHECK_EQUAL(names(o.front(2)), (strings{"1", "2"}));
  CAF_CHECK_EQUAL(o.size(), 3u);
  CAF_CHECK_EQUAL(names(o.front(9)), (strings{"1", "2", "3"}));
  o.confirm(2);
  CAF_CHECK_EQUAL(names(o.front(9)), (strings{"3"}));
}

CAF_TEST(past_the_limit_the_oldest_go_and_are_counted) {
  outbox o{3};
  push(o, {"1", "2", "3", "4", "5"});
  CAF_CHECK_EQUAL(names(o.front(9)), (strings{"3", "4", "5"}));
  CAF_CHECK_EQUAL(o.dropped(), 2u);
  o.confirm_dropped(1);
  CAF_CHECK_EQUAL(o.dropped(), 1u);
  o.confirm_dropped(9);
  CAF_CHECK_EQUAL(o.dropped(), 0u);
}

CAF_TEST(an_overflow_meanwhile_does_not_confirm_what_was_not_sent) {
  outbox o{3};
  push(o, {"1", "2", "3"});
  CAF_CHECK_EQUAL(names(o.front(2)), (strings{"1", "2"}));
  // "1" goes while it is under way.
  push(o, {"4"});
  o.confirm(2);
  CAF_CHECK_EQUAL(names(o.front(9)), (strings{"3", "4"}));
}

CAF_TEST(an_overflow_of_everything_that_was_under_way) {
  outbox o{2};
  push(o, {"1", "2"});
  o.front(2);
  push(o, {"3", "4", "5"});
  o.confirm(2);
  CAF_CHECK_EQUAL(names(o.front(9)), (strings{"4", "5"}));
}

CAF_TEST(a_batch_that_failed_is_forgotten) {
  outbox o{3};
  push(o, {"1", "2", "3"});
  o.front(3);
  push(o, {"4"});
  // Refused, and asked for again.
  CAF_CHECK_EQUAL(names(o.front(2)), (strings{"2", "3"}));
  o.confirm(2);
  CAF_CHECK_EQUAL(names(o.front(9)), (strings{"4"}));
}

}  // namespace outbox_tests
