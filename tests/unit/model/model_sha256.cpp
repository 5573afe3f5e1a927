#define CAF_SUITE model_sha256

#include "messages/model/sha256.hpp"

#include <sstream>

#include "tests/unit_test.hpp"

namespace model_sha256_tests {

using namespace closedpaw;

// FIPS 180-4, appendix B (NIST's example values).
CAF_TEST(examples_of_the_standard) {
  CAF_CHECK_EQUAL(
      to_hex(sha256({"a", "bc"})),
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  std::istringstream million{std::string(1'000'000, 'a')};
  CAF_CHECK_EQUAL(
      to_hex(sha256(million)),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

CAF_TEST(a_stream_hashes_as_its_text_does) {
  for (const std::size_t size : {0U, 1U, 16'383U, 16'384U, 16'385U, 40'000U}) {
    const std::string text(size, 'x');
    std::istringstream in{text};
    CAF_CHECK_EQUAL(to_hex(sha256(in)), to_hex(sha256({text})));
  }
}

}  // namespace model_sha256_tests
