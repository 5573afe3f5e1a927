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
  return is_gone();
}

bool stream_queue::congested() const {
  const std::lock_guard lock{mutex_};
  return is_congested();
}

void stream_queue::watch(std::function<void()> changed) {
  std::unique_lock lock{mutex_};
  changed_ = std::move(changed);
  if (!changed_ || (is_congested() && !is_gone()))
    return;
  const auto tell = changed_;
  lock.unlock();
  tell();
}

stream_queue::batch stream_queue::take() {
  std::unique_lock lock{mutex_};
  woken_ = false;
  const bool was_congested = is_congested();
  in_flight_ = pending_.size();
  batch out{std::exchange(pending_, {}), end_};
  if (was_congested && !is_congested() && changed_) {
    const auto tell = changed_;
    lock.unlock();
    tell();
  }
  return out;
}

void stream_queue::abandon() {
  std::unique_lock lock{mutex_};
  gone_ = true;
  pending_ = {};
  // Whoever watches may hold what holds this.
  const auto tell = std::exchange(changed_, nullptr);
  lock.unlock();
  if (tell)
    tell();
}

}  // namespace closedpaw::http
