#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>

#include "http/server/exchange.hpp"

namespace closedpaw::http {

/// The bounded queue between a producer on any thread and a session. Bytes
/// count until they are written to the socket, so that `limit` bounds what one
/// slow reader costs.
class stream_queue : public byte_stream {
 public:
  enum class end {
    /// More may come.
    open,
    /// The producer closed it.
    closed,
    /// The reader was too slow; what is missing cannot be made up for.
    overflowed,
  };

  struct batch {
    std::string bytes;
    end then = end::open;
  };

  /// `wake` is called from the producer's thread, once for what gathers until
  /// the next `take`; it must be thread-safe and not block.
  stream_queue(std::size_t limit, std::function<void()> wake);

  bool push(std::string chunk) override;
  void close() override;
  bool gone() const override;
  /// Half of the limit waits.
  bool congested() const override;
  void watch(std::function<void()> changed) override;

  /// Everything that is queued; the session has written what it took before.
  batch take();
  /// The reader is gone.
  void abandon();

 private:
  void wake_once(std::unique_lock<std::mutex> lock);
  bool is_congested() const {
    return pending_.size() + in_flight_ > limit_ / 2;
  }
  bool is_gone() const { return gone_ || end_ == end::overflowed; }

  const std::size_t limit_;
  const std::function<void()> wake_;
  mutable std::mutex mutex_;
  std::string pending_;
  std::size_t in_flight_ = 0;
  end end_ = end::open;
  bool gone_ = false;
  bool woken_ = false;
  std::function<void()> changed_;
};

}  // namespace closedpaw::http
