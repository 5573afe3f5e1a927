#pragma once

#include <algorithm>
#include <chrono>

namespace closedpaw::channels::codec {

/// How the time that a poll may take is divided. An outage is noticed within
/// two polls, also one that begins right after a poll did.
struct poll_times {
  explicit constexpr poll_times(std::chrono::milliseconds poll_timeout)
      : network{std::clamp<std::chrono::milliseconds>(
            poll_timeout / 3, std::chrono::seconds{2},
            std::chrono::seconds{10})},
        held{std::max(poll_timeout - network, poll_timeout / 2)} {}

  /// For the network and the service to answer; what is no poll has this alone.
  std::chrono::milliseconds network;
  /// How long the service may hold a poll that has nothing to say.
  std::chrono::milliseconds held;
};

}  // namespace closedpaw::channels::codec
