#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <optional>
#include <string>

#include "actors/security/token_bucket.hpp"

namespace closedpaw::security {

/// Which refusals of strangers get an event of their own, so that none of them
/// fills the audit log: the first few of a network, then one a minute that
/// counts the others, and of all networks together one a second. Remembers a
/// bounded number of networks. Pure; of one thread.
class refusal_teller {
 public:
  using time_point = token_bucket::time_point;
  static constexpr std::size_t most_networks = 1'024;
  static constexpr double told_at_once = 5;
  static constexpr double told_of_all = 20;

  /// How many refusals the event stands for, when there is to be one. `peer`:
  /// a principal's id.
  std::optional<std::uint64_t> refused(std::string_view peer, time_point now);

 private:
  struct network {
    std::string name;
    token_bucket events;
    std::uint64_t untold = 0;
  };

  network& network_of(std::string_view peer, time_point now);

  /// The most recent first.
  std::list<network> recent_;
  std::optional<token_bucket> of_all_;
};

/// Whom one subscriber's addresses have in common: IPv6 ones the first 64 bits
/// (RFC 6177), others all.
std::string network_name(std::string_view peer);

}  // namespace closedpaw::security
