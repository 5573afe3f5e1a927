#define CAF_SUITE log_ring

#include "messages/log_ring.hpp"

#include "tests/unit_test.hpp"

namespace log_ring_tests {

using namespace closedpaw;

log_line line(std::string component, std::uint8_t severity, std::string text) {
  return {
      0, {}, severity, std::move(component), std::move(text), json::object()};
}

std::string texts(const std::vector<log_line>& lines) {
  std::string out;
  for (const auto& x : lines)
    out += x.text + std::to_string(x.number) + " ";
  return out;
}

CAF_TEST(the newest that fit come oldest first) {
  log::ring ring;
  ring.push(line("http", 2, "a"));
  ring.push(line("main", 4, "b"));
  ring.push(line("http", 4, "c"));
  CAF_CHECK_EQUAL(texts(ring.find({})), "a1 b2 c3 ");
  CAF_CHECK_EQUAL(texts(ring.find({"http", 0, 0, 9})), "a1 c3 ");
  CAF_CHECK_EQUAL(texts(ring.find({{}, 3, 0, 9})), "b2 c3 ");
  CAF_CHECK_EQUAL(texts(ring.find({{}, 0, 2, 9})), "c3 ");
  CAF_CHECK_EQUAL(texts(ring.find({{}, 0, 1, 1})), "b2 ");
  CAF_CHECK_EQUAL(texts(ring.find({{}, 0, 0, 2})), "b2 c3 ");
  CAF_CHECK_EQUAL(texts(ring.find({{}, 0, 3, 9})), "");
}

CAF_TEST(it is bounded in lines and in bytes) {
  log::ring few{2, 1'000'000};
  for (int i = 0; i < 5; ++i)
    few.push(line("main", 2, "x"));
  CAF_CHECK_EQUAL(texts(few.find({})), "x4 x5 ");
  log::ring small{100, 2'000};
  for (int i = 0; i < 5; ++i)
    small.push(line("main", 2, std::string(900, 'y')));
  CAF_CHECK_EQUAL(small.find({}).size(), 1U);
}

}  // namespace log_ring_tests
