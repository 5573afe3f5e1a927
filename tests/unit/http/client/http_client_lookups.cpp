#define CAF_SUITE http_client_lookups

#include "http/client/lookups.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "tests/unit_test.hpp"

namespace http_client_lookups_tests {

using closedpaw::http::client_detail::lookups;

CAF_TEST(a_name_is_looked_up_once_at_a_time) {
  boost::asio::io_context io;
  const auto busy = boost::asio::make_work_guard(io);
  const auto find = [&](std::uint16_t port) {
    return lookups::find(io.get_executor(), "127.0.0.1", port);
  };
  const auto first = find(80);
  CAF_CHECK(first == find(80));
  const auto other = find(81);
  CAF_CHECK(first != other);
  while (!first->done || !other->done)
    io.run_one();
  CAF_CHECK(!first->error);
  CAF_REQUIRE_EQUAL(first->found.size(), 1u);
  CAF_CHECK_EQUAL(first->found[0].port(), 80u);
  CAF_CHECK_EQUAL(first->found[0].address().to_string(), "127.0.0.1");
  CAF_CHECK(first != find(80));
}

CAF_TEST(whoever_waits_is_woken) {
  using namespace closedpaw::http::client_detail;
  boost::asio::io_context io;
  const auto waited = lookups::find(io.get_executor(), "127.0.0.1", 80);
  bool woken = false;
  auto wake =
      std::make_shared<timer>(io.get_executor(), steady::time_point::max());
  wake->async_wait([&](auto) { woken = waited->done; });
  waited->waiting.push_back(wake);
  while (!woken)
    io.run_one();
}

CAF_TEST(what_is_under_way_at_the_end_is_dropped) {
  boost::asio::io_context io;
  CAF_CHECK(!lookups::find(io.get_executor(), "127.0.0.1", 80)->done);
}

}  // namespace http_client_lookups_tests
