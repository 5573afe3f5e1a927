#define CAF_SUITE health

#include "actors/monitoring/health.hpp"
#include "tests/actor/fixture.hpp"

namespace health_tests {

using namespace closedpaw;
using namespace closedpaw::test;

struct sut_fixture : fixture {
  sut_fixture() {
    live.now = test_now;
    live.vault.publish({.locked = false});
    live.tree = [this] { return nodes->snapshot(0, test_now()); };
    nodes->root()->set_state(node_state::running, test_now());
    own = make_place<health_actor>("health");
    own.where->set_state(node_state::running, test_now());
    sut = keep(monitoring::spawn_health(host(), own.begin(), &live,
                                        [this] { ++looks; }));
    settle();
  }
  ~sut_fixture() override { end(); }

  std::vector<std::string> causes() const {
    return live.health.get()->degraded_because;
  }

  live_state live;
  int looks = 0;
  place<health_actor> own;
  health_actor sut;
};

}  // namespace health_tests

CAF_TEST_FIXTURE_SCOPE(health_tests, sut_fixture)

CAF_TEST(each_look_is_told_of) {
  const int before = looks;
  advance(milliseconds{500});
  CAF_CHECK_EQUAL(looks, before + 1);
  advance(milliseconds{1000});
  CAF_CHECK_GREATER_OR_EQUAL(looks, before + 2);
}

CAF_TEST(only_changes_are_published) {
  const auto before = live.gen.value();
  advance(milliseconds{2000});
  CAF_CHECK_EQUAL(live.gen.value(), before);
  CAF_CHECK(causes().empty());
  live.storage.publish({failure{errc::storage_full, "no room", {}, {}}});
  advance(milliseconds{500});
  CAF_CHECK_EQUAL(causes(),
                  (std::vector<std::string>{"the audit log refuses: no room"}));
  const auto told = live.gen.value();
  advance(milliseconds{2000});
  CAF_CHECK_EQUAL(live.gen.value(), told);
  live.storage.publish({});
  advance(milliseconds{500});
  CAF_CHECK(causes().empty());
}

CAF_TEST(a_stale_publication_is_renewed) {
  live.health.mark_stale(test_now());
  advance(milliseconds{500});
  CAF_CHECK(!live.health.stale_since());
}

CAF_TEST(its_check_evaluates) {
  auto asked = ask_now<std::string>(*this, sut, check_atom::value);
  CAF_REQUIRE_EQUAL(asked->code(), "ok");
  CAF_CHECK_EQUAL(*asked->answer, "evaluated; 0 causes of degradation");
}

CAF_TEST_FIXTURE_SCOPE_END()
