#define CAF_SUITE channel_verdicts

#include "messages/model/channel.hpp"
#include "tests/unit_test.hpp"

namespace channel_verdicts_tests {

using namespace closedpaw;
using namespace std::chrono_literals;

constexpr timestamp noon{std::chrono::hours{12}};

channel_view running() {
  channel_view v;
  v.started_at = noon;
  v.proof_within = 90s;
  return v;
}

channel_view connected() {
  auto v = running();
  v.first_proof = v.last_proof = noon + 1s;
  return v;
}

channel_trouble trouble(errc code) {
  return {{code, "why", {}, {}}, noon + 5s, noon + 6s, 2, {}};
}

channel_state state_of(const channel_view& v, timestamp now = noon + 10s) {
  return judge(v, {}, now).state;
}

CAF_TEST(nothing_is_connected_that_has_not_proved_it) {
  CAF_CHECK(state_of({}) == channel_state::stopped);
  CAF_CHECK(state_of(running()) == channel_state::never_connected);
  auto v = running();
  v.receiving = trouble(errc::unreachable);
  CAF_CHECK(state_of(v) == channel_state::never_connected);
  CAF_CHECK_EQUAL(judge(v, {}, noon).why, "why");
  CAF_CHECK(state_of(connected()) == channel_state::connected);
}

CAF_TEST(quiet_is_not_dead) {
  auto v = connected();
  v.last_proof = noon + 24h * 7;
  const auto x = judge(v, {}, noon + 24h * 7 + 10s);
  CAF_CHECK(x.state == channel_state::quiet);
  CAF_CHECK(x.since == noon + 1s + 1h);
  v.last_message = noon + 24h * 7;
  CAF_CHECK(state_of(v, noon + 24h * 7 + 10s) == channel_state::connected);
}

CAF_TEST(a_silent_connection_is_degraded) {
  const auto x = judge(connected(), {}, noon + 91s);
  CAF_CHECK(x.state == channel_state::degraded);
  CAF_CHECK(x.since == noon + 91s);
  // And that can be told beforehand.
  CAF_CHECK(judge(connected(), {}, noon + 90s).good_until == noon + 91s);
}

CAF_TEST(troubles) {
  auto v = connected();
  v.receiving = trouble(errc::unreachable);
  CAF_CHECK(state_of(v) == channel_state::reconnecting);
  CAF_CHECK(judge(v, {}, noon).since == noon + 5s);
  v.receiving = trouble(errc::upstream_refused);
  CAF_CHECK(state_of(v) == channel_state::failed);
  v = connected();
  v.sending = trouble(errc::unreachable);
  CAF_CHECK(state_of(v) == channel_state::degraded);
  v = connected();
  v.recording = trouble(errc::audit_refused);
  CAF_CHECK(state_of(v) == channel_state::degraded);
}

CAF_TEST(what_is_not_enabled_is_stopped_and_what_is_held_says_why) {
  generation gen;
  channel_place place;
  place.view = std::make_shared<published<channel_view>>(gen, connected());
  CAF_CHECK(judge(place, noon + 10s).state == channel_state::connected);
  // Its actor may have published while it stopped.
  place.enabled = false;
  CAF_CHECK(judge(place, noon + 10s).state == channel_state::stopped);
  place.enabled = true;
  place.held_because = "safe mode";
  place.view->publish({});
  CAF_CHECK_EQUAL(judge(place, noon).why, "safe mode");
}

CAF_TEST(a_gone_actor_proves_nothing) {
  CAF_CHECK(judge(connected(), noon + 2s, noon + 3s).state ==
            channel_state::reconnecting);
  CAF_CHECK(judge(running(), noon + 2s, noon + 3s).state ==
            channel_state::never_connected);
}

}  // namespace channel_verdicts_tests
