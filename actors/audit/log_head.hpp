#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actors/audit/merkle.hpp"
#include "messages/model/time.hpp"

namespace closedpaw::audit {

/// Where the log ends; stored with every commit.
struct log_head {
  /// The newest event's; the epoch while there is none.
  timestamp last_time{};
  compact_range tree;

  std::uint64_t size() const { return tree.size(); }
  bool operator==(const log_head&) const = default;
};

/// size u64 ‖ last time i64 in µs ‖ peaks; integers big-endian.
std::string to_bytes(const log_head& head);

/// Nothing when the bytes are not a head.
std::optional<log_head> log_head_from_bytes(std::string_view bytes);

}  // namespace closedpaw::audit
