#define CAF_SUITE connection_teller

#include "actors/sandbox/runtime/connection_teller.hpp"

#include "tests/unit_test.hpp"

namespace connection_teller_tests {

using closedpaw::sandbox::connection_teller;

CAF_TEST(refused_ones_do_not_use_up_what_is_told_of_others) {
  connection_teller t;
  std::size_t told = 0;
  for (int i = 0; i < 1'000; ++i)
    told += t.tells("x:" + std::to_string(i), true) ? 1 : 0;
  CAF_CHECK_EQUAL(told, connection_teller::most_told);
  CAF_CHECK(t.tells("out:443", false));
}

CAF_TEST(a_new_destination_is_told_also_after_many_to_others) {
  connection_teller t;
  std::size_t told = 0;
  for (int i = 0; i < 1'000; ++i)
    told += t.tells("out:443", false) ? 1 : 0;
  CAF_CHECK_EQUAL(told, connection_teller::most_told);
  CAF_CHECK(t.tells("other:443", false));
  CAF_CHECK(!t.tells("other:443", false));
}

CAF_TEST(what_is_remembered_is_bounded) {
  connection_teller t;
  std::size_t told = 0;
  for (int i = 0; i < 5'000; ++i)
    told += t.tells("out:" + std::to_string(i), false) ? 1 : 0;
  CAF_CHECK_EQUAL(told, connection_teller::most_destinations);
}

}  // namespace connection_teller_tests
