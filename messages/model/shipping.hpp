#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "messages/model/json.hpp"
#include "messages/model/published.hpp"

namespace closedpaw {

/// What a shipper publishes: how far the audit log has got to its target.
struct shipper_view {
  std::string name;
  /// "syslog" or "otlp"
  std::string type;
  /// Where it goes, without what follows the host.
  std::string target;
  /// The sequence of the next event that is shipped.
  std::uint64_t next = 0;
  std::uint64_t shipped = 0;
  /// Attempts that failed, and events that were left out: the target refused
  /// them for good, or they cannot be read.
  std::uint64_t failed = 0;
  std::uint64_t dropped = 0;
  std::optional<timestamp> last_shipped;
  /// Why it does not get on, while it does not.
  std::string trouble;
  std::optional<timestamp> trouble_since;
  /// The same of metrics.
  std::string metrics_trouble;

  bool operator==(const shipper_view&) const = default;
};

using shipper_places = std::vector<std::shared_ptr<published<shipper_view>>>;

/// `log_size`: how many events there are.
inline std::uint64_t events_behind(const shipper_view& x,
                                   std::uint64_t log_size) {
  return log_size > x.next ? log_size - x.next : 0;
}

/// As GET /api/shippers shows it.
json to_json(const shipper_view& x, std::uint64_t log_size);

}  // namespace closedpaw
