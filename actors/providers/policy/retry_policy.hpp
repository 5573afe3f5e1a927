#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "messages/model/error.hpp"

namespace closedpaw::providers {

using std::chrono::milliseconds;

struct retry_limits {
  /// After the first attempt; 0 never tries again.
  std::uint32_t retries = 2;
  milliseconds backoff_min{250};
  milliseconds backoff_max{4'000};
  /// A vendor that wants us to wait longer is not waited for.
  milliseconds longest_wait{10'000};
};

/// How long to wait before the same chat is sent once more; nothing when it is
/// not to be. A completion costs money and may have been made though its answer
/// was lost, so only what certainly was not begun is repeated: no connection,
/// or the vendor turned it away (429, 503, 529). `attempts` were made so far;
/// `chance` in [0, 1) spreads the waits over their upper half; `left` is what
/// remains of the request's time.
std::optional<milliseconds> retry_delay(const retry_limits& limits,
                                        const failure& why,
                                        std::uint32_t attempts, double chance,
                                        milliseconds left);

}  // namespace closedpaw::providers
