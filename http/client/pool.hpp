#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/client/connection.hpp"

namespace closedpaw::http::client_detail {

/// Kept connections, each between two exchanges. Those of one kind go to the
/// same origin and were dialled under the same policy. Small, so it is searched
/// linearly; the newest is used first and the oldest dropped first.
class pool {
 public:
  pool(std::size_t max_per_origin, std::size_t max_total,
       std::chrono::milliseconds expiry)
      : max_per_origin_{max_per_origin},
        max_total_{max_total},
        expiry_{expiry} {}

  void put(const std::string& kind, std::shared_ptr<connection> idle,
           steady::time_point now);
  /// A connection that is not expired and still quiet, or nothing.
  std::shared_ptr<connection> take(const std::string& kind,
                                   steady::time_point now);
  /// Closes what was kept for too long; says when to look again.
  std::optional<steady::time_point> expire(steady::time_point now);
  void clear() { kept_.clear(); }
  std::size_t size() const { return kept_.size(); }

 private:
  struct entry {
    std::string kind;
    std::shared_ptr<connection> idle;
    steady::time_point expires;
  };

  std::size_t max_per_origin_;
  std::size_t max_total_;
  std::chrono::milliseconds expiry_;
  /// Oldest first.
  std::vector<entry> kept_;
};

}  // namespace closedpaw::http::client_detail
