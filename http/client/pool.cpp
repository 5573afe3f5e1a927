#include "http/client/pool.hpp"

#include <algorithm>

namespace closedpaw::http::client_detail {

void pool::put(const std::string& kind, std::shared_ptr<connection> idle,
               steady::time_point now) {
  if (max_per_origin_ == 0 || max_total_ == 0) {
    return;
  }
  auto same = [&](const entry& x) { return x.kind == kind; };
  auto count = std::ranges::count_if(kept_, same);
  if (static_cast<std::size_t>(count) >= max_per_origin_) {
    kept_.erase(std::ranges::find_if(kept_, same));
  } else if (kept_.size() >= max_total_) {
    kept_.erase(kept_.begin());
  }
  kept_.push_back({kind, std::move(idle), now + expiry_});
}

std::shared_ptr<connection> pool::take(const std::string& kind,
                                       steady::time_point now) {
  for (auto i = kept_.size(); i > 0; --i) {
    auto at = kept_.begin() + static_cast<std::ptrdiff_t>(i - 1);
    if (at->kind != kind) {
      continue;
    }
    auto found = std::move(*at);
    kept_.erase(at);
    if (found.expires > now && found.idle->quiet()) {
      return found.idle;
    }
  }
  return nullptr;
}

std::optional<steady::time_point> pool::expire(steady::time_point now) {
  std::erase_if(kept_, [&](const entry& x) { return x.expires <= now; });
  if (kept_.empty()) {
    return std::nullopt;
  }
  return kept_.front().expires;
}

}  // namespace closedpaw::http::client_detail
