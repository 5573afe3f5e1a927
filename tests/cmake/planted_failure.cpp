#define CAF_SUITE planted_failure
#define CAF_TEST_NO_MAIN
#include <caf/test/unit_test_impl.hpp>

#include "tests/check_counter.hpp"

CAF_TEST(one_is_not_two) {
  CAF_CHECK_EQUAL(1, 1);
  CAF_CHECK_EQUAL(1, 2);
}

int main(int argc, char** argv) {
  return closedpaw::test::run(argc, argv);
}
