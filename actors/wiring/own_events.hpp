#pragma once

#include "actors/security/rate_limiter.hpp"
#include "actors/wiring/runtime.hpp"

namespace closedpaw::wiring {

// What main itself does or sees, and the audit event of it. Any thread.

/// A request was refused because of its user's rate.
void note_limited(runtime& r, const http::request& q,
                  const security::rate_verdict& seen);

/// A request was turned away, since nobody known asked.
void note_stranger(runtime& r, const http::request& q, const failure& why,
                   std::optional<std::uint64_t> times);

/// The last run did not end in order.
void note_unclean_exit(runtime& r, std::size_t within_5_min);

/// Another log level for a while.
void raise_level(runtime& r, const raise_log_level& x, const principal& who);

}  // namespace closedpaw::wiring
