#include "messages/model/channel.hpp"

#include <algorithm>

namespace closedpaw {

namespace {

constexpr std::chrono::hours quiet_after{1};

}  // namespace

bool needs_a_person(const failure& why) {
  return why.code == errc::upstream_refused || why.code == errc::forbidden ||
         why.code == errc::bad_request;
}

std::string_view to_string(channel_state x) {
  switch (x) {
    case channel_state::never_connected:
      return "never_connected";
    case channel_state::connected:
      return "connected";
    case channel_state::quiet:
      return "quiet";
    case channel_state::reconnecting:
      return "reconnecting";
    case channel_state::degraded:
      return "degraded";
    case channel_state::failed:
      return "failed";
    case channel_state::stopped:
      return "stopped";
  }
  return "failed";
}

channel_verdict judge(const channel_view& v,
                      const std::optional<timestamp>& down_since,
                      timestamp now) {
  using enum channel_state;
  if (!v.started_at)
    return {stopped, {}, {}, {}};
  if (down_since)
    return {v.first_proof ? reconnecting : never_connected,
            down_since,
            "its actor is gone and will be replaced",
            {}};
  if (v.receiving && needs_a_person(v.receiving->why))
    return {failed, v.receiving->since, v.receiving->why.message, {}};
  if (!v.first_proof)
    return {never_connected,
            v.started_at,
            v.receiving ? v.receiving->why.message
                        : "the service has not answered yet",
            {}};
  if (v.receiving)
    return {reconnecting, v.receiving->since, v.receiving->why.message, {}};
  const auto due = *v.last_proof + v.proof_within;
  if (now >= due)
    return {degraded,
            due,
            "no exchange with the service since " + to_iso8601(*v.last_proof),
            {}};
  for (const auto* x : {&v.recording, &v.sending})
    if (*x)
      return {degraded, (*x)->since, (*x)->why.message, due};
  const auto quiet_from =
      std::max(v.last_message.value_or(*v.first_proof), *v.first_proof) +
      quiet_after;
  if (now >= quiet_from)
    return {quiet, quiet_from, {}, due};
  return {connected, v.first_proof, {}, std::min(due, quiet_from)};
}

channel_verdict judge(const channel_place& place, timestamp now) {
  if (!place.enabled)
    return {};
  auto out = judge(*place.view->get(), place.view->stale_since(), now);
  if (out.state == channel_state::stopped)
    out.why = place.held_because;
  return out;
}

}  // namespace closedpaw
