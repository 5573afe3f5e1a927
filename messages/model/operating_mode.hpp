#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "messages/model/time.hpp"

namespace closedpaw {

/// What the daemon takes on. draining: what runs ends, nothing new begins; ends
/// with the process. panic: besides, agents are stopped, what waits is
/// rejected, and nothing leaves but what tells the operator; lasts over
/// restarts.
enum class operating_mode : std::uint8_t { normal, draining, panic };

inline std::string_view to_string(operating_mode x) {
  constexpr std::array<std::string_view, 3> names{"normal", "draining",
                                                  "panic"};
  return names[static_cast<std::size_t>(x)];
}

/// What the orchestrator publishes of it.
struct mode_view {
  operating_mode mode = operating_mode::normal;
  timestamp since{};
  /// principal::id
  std::string by;
  std::string reason;
};

/// "panic since … by uid:1000: reason"; what ends it.
std::string explain(const mode_view& x);

}  // namespace closedpaw
