#define CAF_SUITE model_uuid

#include "messages/model/uuid.hpp"

#include <set>
#include <thread>

#include "tests/unit_test.hpp"

namespace model_uuid_tests {

using namespace closedpaw;

timestamp at(std::int64_t ms) {
  return timestamp{std::chrono::milliseconds{ms}};
}

CAF_TEST(version_variant_and_time_are_where_rfc_9562_has_them) {
  const auto id = make_uuid(at(0x0123456789ab));
  const auto text = to_string(id);
  CAF_CHECK_EQUAL(text.size(), 36u);
  CAF_CHECK_EQUAL(text.substr(0, 15), "01234567-89ab-7");
  CAF_CHECK(text[19] == '8' || text[19] == '9' || text[19] == 'a' ||
            text[19] == 'b');
}

CAF_TEST(later_ones_sort_later) {
  auto last = make_uuid(at(5'000'000'000'000));
  for (int i = 0; i < 10'000; ++i) {
    // The same millisecond, and a clock that goes back.
    const auto next = make_uuid(at(5'000'000'000'000 - i % 3));
    CAF_REQUIRE(last < next);
    last = next;
  }
}

CAF_TEST(threads_never_share_one) {
  std::vector<std::vector<uuid>> made(4);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : made)
      threads.emplace_back([&mine] {
        for (int i = 0; i < 2'000; ++i)
          mine.push_back(make_uuid(at(6'000'000'000'000)));
      });
  }
  std::set<uuid> all;
  for (const auto& mine : made)
    all.insert(mine.begin(), mine.end());
  CAF_CHECK_EQUAL(all.size(), 8'000u);
}

CAF_TEST(read_in_either_case) {
  const auto id = make_uuid(at(1));
  CAF_CHECK(parse_uuid(to_string(id)) == id);
  CAF_CHECK(parse_uuid("ABCDEF01-2345-6789-ABCD-EF0123456789") ==
            parse_uuid("abcdef01-2345-6789-abcd-ef0123456789"));
  CAF_CHECK(parse_uuid("00000000-0000-0000-0000-000000000000")->is_nil());
}

CAF_TEST(refused) {
  for (const auto* text : {"", "x", "abcdef01-2345-6789-abcd-ef012345678",
                           "abcdef01-2345-6789-abcd-ef01234567890",
                           "abcdef0102345-6789-abcd-ef0123456789",
                           "abcdef01-2345-6789-abcd-ef012345678g",
                           "{bcdef01-2345-6789-abcd-ef0123456789",
                           "abcdef01+2345-6789-abcd-ef0123456789"})
    CAF_CHECK(!parse_uuid(text));
}

}  // namespace model_uuid_tests
