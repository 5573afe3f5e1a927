#include "http/server/stream_queue.hpp"

#include <utility>

namespace closedpaw::http {

stream_queue::stream_queue(std::size_t limit, std::function<void()> wake)
    : limit_{limit}, wake_{std::move(wake)} {}

void stream_queue::wake_once(std::unique_lock<std::mutex> lock) {
  if (std::exchange(woken_, true))
    return;
  lock.unlock();
  wake_();
}

bool stream_queue::push(std::string chunk) {
  std::unique_lock lock{mutex_};
  if (gone_ || end_ != end::open)
    return false;
  if (pending_.size() + in_flight_ + chunk.size() > limit_) {
    end_ = end::overflowed;
    wake_once(std::move(lock));
    return false;
  }
  if (chunk.empty())
    return true;
  if (pending_.empty())
    pending_ = std::move(chunk);
  else
    pending_ += chunk;
  wake_once(std::move(lock));
  return true;
}

void stream_queue::close() {
  std::unique_lock lock{mutex_};
  if (gone_ || end_ != end::open)
    return;
  end_ = end::closed;
  wake_once(std::move(lock));
}

bool stream_queue::gone() const {
  const std::lock_guard lock{mutex_};
  return gone_ || end_ == end::overflowed;
}

stream_queue::batch stream_queue::take() {
  const std::lock_guard lock{mutex_};
  woken_ = false;
  in_flight_ = pending_.size();
  return {std::exchange(pending_, {}), end_};
}

void stream_queue::abandon() {
  const std::lock_guard lock{mutex_};
  gone_ = true;
  pending_ = {};
}

}  // namespace closedpaw::http
