#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "http/routes/seats.hpp"
#include "http/server/exchange.hpp"
#include "messages/model/json.hpp"
#include "messages/model/time.hpp"

namespace closedpaw::http {

/// Fans events out to the subscribers of GET /api/events (server-sent events,
/// WHATWG HTML, section 9.2), and keeps the last ones so that a client that
/// reconnects with Last-Event-ID misses nothing. All members are thread-safe;
/// none blocks for longer than copying a frame into 64 queues.
class event_hub {
 public:
  struct limits {
    std::size_t subscribers = 64;
    /// Events kept for resuming.
    std::size_t kept = 1000;
    /// Of those whose text is known when they are published.
    std::size_t kept_bytes = std::size_t{1} << 20;
  };

  /// `started_at` makes ids of different runs of the daemon different.
  explicit event_hub(timestamp started_at) : event_hub{started_at, limits{}} {}
  event_hub(timestamp started_at, limits bounds);

  /// `type` is a word like "supervision"; `data` goes out as one line of JSON.
  void publish(std::string_view type, const json& data);

  /// The same; `data` makes the line of JSON only when somebody reads it, in
  /// whose thread it then runs.
  void publish_lazily(std::string_view type, std::function<std::string()> data);

  /// The right to subscribe once, given back when destroyed. Taken before the
  /// answer's header is sent, since only then can it be 503: `overloaded` when
  /// all seats are taken, `unavailable` after close_all.
  result<std::shared_ptr<void>> admit();

  /// From now on the stream gets every event; first those after
  /// `last_event_id` if that is given. When some of them are no longer kept, or
  /// the id is of another run, an event of type "gap" says so first.
  void subscribe(std::shared_ptr<byte_stream> stream,
                 std::shared_ptr<void> seat,
                 std::string_view last_event_id = {});

  /// Sends a comment, so that proxies keep the connection and dead clients are
  /// noticed. Called by the owner every 15 seconds or so.
  void heartbeat();

  /// Forgets what is kept and ends every stream; others may subscribe.
  void clear();

  /// Ends every stream; later subscribers are refused.
  void close_all();

  std::size_t subscribers() const;

 private:
  struct subscriber {
    std::shared_ptr<byte_stream> stream;
    std::shared_ptr<void> place;
  };
  struct kept_event {
    std::uint64_t sequence;
    std::string type;
    std::function<std::string()> data;
    std::size_t bytes = 0;
  };

  void keep(kept_event event);
  /// All need the lock.
  void push_to_all(const std::string& chunk);
  std::string frame_of(const kept_event& event) const;
  std::string missed_since(std::string_view last_event_id) const;

  const limits bounds_;
  const std::string run_;
  const seats seats_;
  mutable std::mutex mutex_;
  std::uint64_t next_ = 1;
  bool closed_ = false;
  std::deque<kept_event> kept_;
  std::size_t kept_bytes_ = 0;
  std::vector<subscriber> subscribers_;
};

/// One event's frame: `id`, `event` and as many `data` lines as the data has
/// lines. Line breaks and NUL in `id` and `type` are dropped.
std::string sse_frame(std::string_view id, std::string_view type,
                      std::string_view data);

}  // namespace closedpaw::http
