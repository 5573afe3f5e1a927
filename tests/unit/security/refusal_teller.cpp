#define CAF_SUITE refusal_teller

#include "actors/security/refusal_teller.hpp"

#include "tests/unit_test.hpp"

namespace refusal_teller_tests {

using namespace closedpaw::security;
using namespace std::chrono_literals;

constexpr auto began = refusal_teller::time_point{} + 1h;

CAF_TEST(the_first_of_a_network_are_told_and_then_one_a_minute) {
  refusal_teller sut;
  for (int i = 0; i < 5; ++i)
    CAF_CHECK(sut.refused("ip:192.0.2.1", began) == 1u);
  for (int i = 0; i < 99; ++i)
    CAF_CHECK(!sut.refused("ip:192.0.2.1", began + 59s));
  CAF_CHECK(sut.refused("ip:192.0.2.1", began + 61s) == 100u);
  CAF_CHECK(!sut.refused("ip:192.0.2.1", began + 62s));
}

CAF_TEST(an_ipv6_network_is_one_stranger) {
  CAF_CHECK_EQUAL(network_name("ip:2001:db8:1:2::7"), "ip:2001:db8:1:2::/64");
  CAF_CHECK_EQUAL(network_name("ip:2001:db8:1:2:ff::7"),
                  "ip:2001:db8:1:2::/64");
  CAF_CHECK_EQUAL(network_name("ip:192.0.2.1"), "ip:192.0.2.1");
  CAF_CHECK_EQUAL(network_name("uid:1000"), "uid:1000");
  refusal_teller sut;
  std::size_t told = 0;
  for (int i = 0; i < 50; ++i)
    told += sut.refused("ip:2001:db8::" + std::to_string(i), began) ? 1 : 0;
  CAF_CHECK_EQUAL(told, 5u);
}

CAF_TEST(many_networks_together_are_told_of_once_a_second) {
  refusal_teller sut;
  std::size_t told = 0;
  const auto many = 3 * refusal_teller::most_networks;
  for (std::size_t i = 0; i < many; ++i)
    told += sut.refused("ip:" + std::to_string(i), began) ? 1 : 0;
  CAF_CHECK_EQUAL(told, 20u);
  for (std::size_t i = 0; i < 10; ++i)
    told += sut.refused("ip:x" + std::to_string(i), began + 3s) ? 1 : 0;
  CAF_CHECK_EQUAL(told, 23u);
}

}  // namespace refusal_teller_tests
