#pragma once

#include <cstdint>
#include <optional>

#include "messages/model/json_text.hpp"

namespace closedpaw {

enum class proof_kind : std::uint8_t { head, inclusion, consistency };

/// GET /api/audit-logs/head, /proof/inclusion and /proof/consistency
struct read_proof {
  proof_kind kind = proof_kind::head;
  /// The event's sequence, or the smaller size.
  std::uint64_t first = 0;
  /// The size that is proved against; the present one unless given.
  std::optional<std::uint64_t> second{};
};

/// GET /api/audit-logs/verify
struct verify_log {};

/// What was found, as it is shown.
struct audit_proof {
  json_text body;
};

}  // namespace closedpaw
