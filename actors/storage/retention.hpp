#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "actors/storage/store/records.hpp"
#include "actors/storage/store/store.hpp"
#include "messages/model/audit_event.hpp"
#include "messages/model/commit_unit.hpp"

namespace closedpaw::storage {

/// What of the log is kept; nothing of both: all of it.
struct retention_limits {
  /// Events that are older go.
  std::optional<std::chrono::hours> age{};
  /// While the store's pages in use are more than this, the oldest go.
  std::optional<std::uint64_t> live_bytes{};

  bool operator==(const retention_limits&) const = default;
};

/// The log as retention looks at it.
struct retention_view {
  std::uint64_t size = 0;
  std::uint64_t first_kept = 0;
  std::uint64_t live_bytes = 0;
  /// Heads up to this one were left elsewhere: what they tell must stay to be
  /// compared with.
  std::uint64_t anchored = 0;
  /// The first event that is young enough; `size` when none is.
  std::uint64_t first_young = 0;
};

/// One commit's share, so that others wait for it a few milliseconds only.
inline constexpr std::uint64_t events_of_a_cut = 4 * block_size;

/// Where the log is to begin next, and nothing where it begins there already.
/// Pure.
std::optional<std::uint64_t> next_cut(const retention_limits& limits,
                                      const retention_view& view);

/// What next_cut() asks for. storage_failed.
result<retention_view> look_for_cut(const store& where,
                                    const retention_limits& limits,
                                    std::uint64_t anchored, timestamp now);

/// With the event that tells of it.
commit_unit cut_unit(const retention_limits& limits, const retention_view& view,
                     std::uint64_t first_kept, timestamp now);

}  // namespace closedpaw::storage
