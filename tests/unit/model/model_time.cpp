#define CAF_SUITE model_time

#include "messages/model/time.hpp"

#include "tests/unit_test.hpp"

namespace model_time_tests {

using namespace closedpaw;

std::string again(std::string_view text) {
  const auto t = parse_iso8601(text);
  return t ? to_iso8601(*t) : "refused";
}

CAF_TEST(written_as_the_original_does) {
  const timestamp t{std::chrono::microseconds{1'795'501'730'162'726}};
  CAF_CHECK_EQUAL(to_iso8601(t), "2026-11-24T06:28:50.162726");
  CAF_CHECK_EQUAL(to_iso8601(timestamp{}), "1970-01-01T00:00:00.000000");
  CAF_CHECK_EQUAL(to_iso8601(timestamp{std::chrono::microseconds{-1}}),
                  "1969-12-31T23:59:59.999999");
}

CAF_TEST(read_with_and_without_zone) {
  CAF_CHECK_EQUAL(again("2026-11-24T06:28:50.162726"),
                  "2026-11-24T06:28:50.162726");
  CAF_CHECK_EQUAL(again("2026-11-24T06:28:50Z"), "2026-11-24T06:28:50.000000");
  CAF_CHECK_EQUAL(again("2026-11-24T06:28:50+01:00"),
                  "2026-11-24T05:28:50.000000");
  CAF_CHECK_EQUAL(again("2026-11-24T23:28:50-02:30"),
                  "2026-11-25T01:58:50.000000");
  // A query string makes a space of the plus.
  CAF_CHECK_EQUAL(again("2026-11-24T06:28:50 01:00"),
                  "2026-11-24T05:28:50.000000");
}

CAF_TEST(read_with_parts_missing) {
  CAF_CHECK_EQUAL(again("2026-11-24"), "2026-11-24T00:00:00.000000");
  CAF_CHECK_EQUAL(again("2026-11-24 06:28"), "2026-11-24T06:28:00.000000");
  CAF_CHECK_EQUAL(again("2026-11-24T06:28:50.5"), "2026-11-24T06:28:50.500000");
  CAF_CHECK_EQUAL(again("2026-11-24T06:28:50.1234567899"),
                  "2026-11-24T06:28:50.123456");
  CAF_CHECK_EQUAL(again("2024-02-29"), "2024-02-29T00:00:00.000000");
}

CAF_TEST(refused) {
  for (const auto* text :
       {"", "now", "2026", "2026-13-01", "2026-02-29", "2026-11-24T",
        "2026-11-24T24:00:00", "2026-11-24T06:60", "2026-11-24T06:28:61",
        "2026-11-24T06:28:50.", "2026-11-24T06:28:50X", "2026-11-24T06:28:50+1",
        "2026-11-24T06:28:50Zjunk", "2026-11-24junk", "-026-11-24"})
    CAF_CHECK_EQUAL(again(text), "refused");
}

}  // namespace model_time_tests
