#define CAF_SUITE local_machine

#include "actors/channels/codec/kinds.hpp"
#include "actors/channels/codec/local.hpp"
#include "messages/model/channel_type.hpp"
#include "tests/unit/channels/service_fixture.hpp"

namespace local_machine_tests {

using namespace closedpaw;
using namespace closedpaw::channels;
using namespace closedpaw::channels::test;

struct local_fixture : service_fixture {
  local_fixture() : service_fixture{codec::local::make} {}

  void reads(result<void> done) {
    machine->was_read(done, now);
    collect();
  }
};

}  // namespace local_machine_tests

CAF_TEST_FIXTURE_SCOPE(local_machine_tests, local_fixture)

CAF_TEST(every_type_has_its_protocol) {
  for (const auto& type : channel_types) {
    const auto found = codec::find_kind(type.name);
    CAF_REQUIRE(found);
    CAF_CHECK_EQUAL(found->local, type.local);
  }
  CAF_CHECK(codec::find_kind("zzz").error().code == errc::not_found);
}

CAF_TEST(it_is_proven_by_reading_what_is_recorded) {
  start();
  CAF_CHECK_EQUAL(reads_wanted, 1U);
  CAF_CHECK(proofs.empty());
  reads({});
  CAF_CHECK_EQUAL(proofs.size(), 1U);
  for (int i = 0; i < 3; ++i) {
    wait();
    reads({});
  }
  CAF_CHECK_EQUAL(reads_wanted, 4U);
  CAF_CHECK_EQUAL(proofs.size(), 4U);
}

CAF_TEST(what_cannot_be_read_is_trouble_and_tried_again) {
  start();
  reads(failure{errc::storage_failed, "torn", {}, {}});
  CAF_REQUIRE_EQUAL(troubles.size(), 1U);
  CAF_CHECK_EQUAL(troubles[0].why.message, "torn");
  CAF_CHECK(proofs.empty());
  wait();
  CAF_CHECK_EQUAL(reads_wanted, 2U);
  reads({});
  CAF_CHECK_EQUAL(proofs.size(), 1U);
}

CAF_TEST(what_is_recorded_is_shown) {
  start();
  say("hello", "m7");
  CAF_CHECK(shown == (std::vector<std::string>{"m7"}));
}

CAF_TEST_FIXTURE_SCOPE_END()
