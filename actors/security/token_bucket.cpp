#include "actors/security/token_bucket.hpp"

#include <algorithm>

namespace closedpaw::security {

std::optional<std::chrono::milliseconds> token_bucket::take(time_point now) {
  const std::chrono::duration<double> passed = now - at_;
  at_ = now;
  tokens_ = std::min(burst_, tokens_ + passed.count() * rate_);
  if (tokens_ >= 1) {
    tokens_ -= 1;
    return std::nullopt;
  }
  return std::chrono::ceil<std::chrono::milliseconds>(
      std::chrono::duration<double>{(1 - tokens_) / rate_});
}

}  // namespace closedpaw::security
