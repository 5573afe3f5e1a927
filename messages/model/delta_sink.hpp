#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace closedpaw {

/// Whoever reads a chat's answer while it is being made. All members may be
/// called from any thread; none blocks.
class delta_sink {
 public:
  virtual ~delta_sink() = default;
  /// From now on only this writer's text counts. False when another's was shown
  /// already, which no other text could continue.
  virtual bool claim(const void* writer) = 0;
  /// The next piece of the text. False: nobody reads it any more.
  virtual bool push(const void* writer, std::string_view text) = 0;
  /// From now on the writer's text says why there is no answer.
  virtual void refuses(const void* /*writer*/) {}
  /// The reader is behind; more should wait for `when_ready`.
  virtual bool congested() const = 0;
  /// It reads nothing more: it left, or was told the end.
  virtual bool gone() const = 0;
  /// `resume` is called once: when the reader has caught up or is gone, at once
  /// if that is so already.
  virtual void when_ready(std::function<void()> resume) = 0;
  /// `left` is called once, when it is gone before this is taken back (null);
  /// at once if it is already. The last one given counts.
  virtual void on_gone(std::function<void()> left) = 0;
};

/// Readers whose ids begin so may be gone: the answer is wanted all the same.
inline constexpr std::string_view optional_reader = "optional-";

/// Finds the readers of this process by the ids that travel in messages, so
/// that those need not carry a reader. Thread-safe.
class stream_hub {
 public:
  void open(const std::string& id, const std::shared_ptr<delta_sink>& reader) {
    const std::lock_guard lock{mutex_};
    readers_[id] = reader;
  }
  void close(const std::string& id) {
    const std::lock_guard lock{mutex_};
    readers_.erase(id);
  }
  /// Null when it is gone.
  std::shared_ptr<delta_sink> find(const std::string& id) const {
    const std::lock_guard lock{mutex_};
    const auto it = readers_.find(id);
    return it == readers_.end() ? nullptr : it->second.lock();
  }
  std::size_t size() const {
    const std::lock_guard lock{mutex_};
    return readers_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::weak_ptr<delta_sink>> readers_;
};

}  // namespace closedpaw
