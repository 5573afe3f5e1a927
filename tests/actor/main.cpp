#define CAF_TEST_NO_MAIN
#include <caf/test/unit_test_impl.hpp>

#include "tests/check_counter.hpp"

int main(int argc, char** argv) {
  return closedpaw::test::run(argc, argv);
}
