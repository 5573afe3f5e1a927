#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

namespace closedpaw::http {

/// Connections that are being closed as their protocol wants it, which takes a
/// moment, so that the end of the program can wait for them. Any thread.
class farewells {
 public:
  /// One more is under way, until what is returned is gone; that may outlive
  /// this.
  std::shared_ptr<void> begin();

  /// Until none is under way, at most so long. Not from the event loop's
  /// thread, which they need.
  void wait(std::chrono::milliseconds at_most);

 private:
  struct state {
    std::mutex mutex;
    std::condition_variable over;
    std::size_t count = 0;
  };
  std::shared_ptr<state> state_ = std::make_shared<state>();
};

}  // namespace closedpaw::http
