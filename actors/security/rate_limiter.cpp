#include "actors/security/rate_limiter.hpp"

#include <utility>

namespace closedpaw::security {

namespace {

/// One event a minute for each principal and class: the limit is not to fill
/// the log.
constexpr std::chrono::minutes told_every{1};

/// Seconds until a bucket is full again that lacks so many.
std::uint32_t seconds_for(std::uint32_t tokens, const request_rate& x) {
  return (tokens + x.per_second - 1) / x.per_second;
}

}  // namespace

std::string_view to_string(request_class x) {
  switch (x) {
    case request_class::read:
      return "read";
    case request_class::act:
      return "act";
    case request_class::approve:
      return "approve";
    case request_class::admin:
      return "admin";
    case request_class::vital:
      break;
  }
  return "vital";
}

std::string header_lines(const rate_verdict& x) {
  const std::string name{to_string(x.what)};
  const auto burst = std::to_string(x.limit.burst);
  return "RateLimit-Policy: \"" + name + "\";q=" + burst +
         ";w=" + std::to_string(seconds_for(x.limit.burst, x.limit)) +
         "\r\nRateLimit: \"" + name + "\";r=" + std::to_string(x.remaining) +
         ";t=" +
         std::to_string(seconds_for(x.limit.burst - x.remaining, x.limit)) +
         "\r\n";
}

rate_limiter::account& rate_limiter::account_of(std::string_view principal) {
  if (const auto it = by_name_.find(principal); it != by_name_.end()) {
    recent_.splice(recent_.begin(), recent_, it->second);
    return recent_.front();
  }
  if (recent_.size() >= most_) {
    by_name_.erase(recent_.back().principal);
    recent_.pop_back();
  }
  recent_.push_front({std::string{principal}, {}});
  by_name_.emplace(recent_.front().principal, recent_.begin());
  return recent_.front();
}

rate_verdict rate_limiter::take(request_rate limit, std::string_view principal,
                                request_class what, time_point now) {
  auto& of = account_of(principal);
  auto& own = of.allowances[static_cast<std::size_t>(what)];
  if (!own || own->limit != limit)
    own.emplace(allowance{limit,
                          {static_cast<double>(limit.per_second),
                           static_cast<double>(limit.burst), now},
                          0,
                          std::nullopt});
  rate_verdict out;
  out.what = what;
  out.limit = limit;
  out.retry_after = own->bucket.take(now);
  out.remaining = own->bucket.whole();
  if (!out.retry_after)
    return out;
  ++own->untold;
  if (!own->told_at || now - *own->told_at >= told_every) {
    own->told_at = now;
    out.to_be_told = std::exchange(own->untold, 0);
  }
  return out;
}

}  // namespace closedpaw::security
