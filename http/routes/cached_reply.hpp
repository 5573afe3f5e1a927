#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "http/routes/route.hpp"

namespace closedpaw::http {

/// An answer and how long it is true if nobody publishes anything.
struct rendering {
  response answer;
  std::optional<timestamp> good_until;
};

/// The last rendering of a read of live state. It is rendered again when a
/// snapshot was published or marked stale, and when its time is up. Belongs to
/// one live_state. Thread-safe.
class cached_reply {
 public:
  using render_fn = std::function<rendering(const live_state&, timestamp now)>;

  explicit cached_reply(render_fn render) : render_{std::move(render)} {}

  response get(const live_state& live) {
    // Read before rendering: what is published meanwhile is rendered next time.
    const auto gen = live.gen.value();
    const auto now = live.now();
    std::lock_guard guard{mutex_};
    if (generation_ != gen || !last_ || expired(now)) {
      last_ = render_(live, now);
      rendered_at_ = now;
      generation_ = gen;
    }
    return last_->answer;
  }

 private:
  // A clock that was set back says nothing about how old the answer is.
  bool expired(timestamp now) const {
    return last_->good_until &&
           (now >= *last_->good_until || now < rendered_at_);
  }

  render_fn render_;
  std::mutex mutex_;
  std::uint64_t generation_ = 0;
  timestamp rendered_at_{};
  std::optional<rendering> last_;
};

/// A handler that answers from a cached_reply.
inline route_handler cached(cached_reply::render_fn render) {
  auto cache = std::make_shared<cached_reply>(std::move(render));
  return [cache](const request&, const path_params&, const live_state& live) {
    return outcome{cache->get(live)};
  };
}

}  // namespace closedpaw::http
