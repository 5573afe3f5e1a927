#define CAF_SUITE upstream_addresses

#include "actors/security/address_policy.hpp"
#include "tests/unit_test.hpp"

namespace upstream_addresses_tests {

using closedpaw::security::refuse_upstream;

CAF_TEST(public addresses and loopback are fine) {
  for (const auto* ip : {"1.1.1.1", "2606:4700::1111", "127.0.0.1", "::1",
                         "172.32.0.1", "100.128.0.1", "192.169.0.1"})
    CAF_CHECK(!refuse_upstream(ip, 443, false, 8000));
}

CAF_TEST(our own listener never is whatever its address is written as) {
  for (const auto* ip : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"}) {
    CAF_CHECK(refuse_upstream(ip, 8000, true, 8000));
    CAF_CHECK(!refuse_upstream(ip, 8001, true, 8000));
  }
}

CAF_TEST(where_other_machines_come_in_is_ours_too) {
  for (const auto* ip : {"127.0.0.1", "::1", "192.168.1.7"}) {
    CAF_CHECK(refuse_upstream(ip, 8443, true, {8000, 8443, "0.0.0.0"}));
    CAF_CHECK(!refuse_upstream(ip, 8444, true, {8000, 8443, "0.0.0.0"}));
  }
  CAF_CHECK(
      refuse_upstream("203.0.113.7", 8443, true, {8000, 8443, "203.0.113.7"}));
  CAF_CHECK(
      !refuse_upstream("203.0.113.8", 8443, true, {8000, 8443, "203.0.113.7"}));
  CAF_CHECK(!refuse_upstream("203.0.113.8", 0, true, {8000, 0, ""}));
}

CAF_TEST(link - local and what is no single server never is) {
  for (const auto* ip :
       {"169.254.169.254", "::ffff:169.254.169.254", "fe80::1", "0.0.0.0",
        "0.1.2.3", "::", "224.0.0.1", "ff02::1", "x"})
    CAF_CHECK(refuse_upstream(ip, 443, true, 8000));
}

CAF_TEST(private addresses need to be allowed) {
  for (const auto* ip :
       {"10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1",
        "fd00::1", "::ffff:10.0.0.1"}) {
    CAF_CHECK(refuse_upstream(ip, 443, false, 8000));
    CAF_CHECK(!refuse_upstream(ip, 443, true, 8000));
  }
}

CAF_TEST(addresses within others count as themselves) {
  for (const auto* ip : {"64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1"})
    CAF_CHECK(refuse_upstream(ip, 443, true, 8000));
  for (const auto* ip : {"64:ff9b::a00:1", "2002:a00:1::1"}) {
    CAF_CHECK(refuse_upstream(ip, 443, false, 8000));
    CAF_CHECK(!refuse_upstream(ip, 443, true, 8000));
  }
  for (const auto* ip : {"64:ff9b::101:101", "2002:101:101::1", "64:ff9c::1"})
    CAF_CHECK(!refuse_upstream(ip, 443, false, 8000));
}

CAF_TEST(metadata in the private range is refused with the rest of it allowed) {
  CAF_CHECK(refuse_upstream("fd00:ec2::254", 80, true, 8000));
  CAF_CHECK(!refuse_upstream("fd00:ec2::253", 80, true, 8000));
}

}  // namespace upstream_addresses_tests
