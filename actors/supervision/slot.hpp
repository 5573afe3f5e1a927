#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "actors/supervision/node.hpp"
#include "messages/model/error.hpp"

namespace closedpaw::supervision {

/// Where the current handle of a named actor is found. A restart changes an
/// actor's address, so nobody keeps one: owned by main, written by the child's
/// supervisor, read at each send. Thread-safe.
class slot_base {
 public:
  explicit slot_base(std::string name) : name_{std::move(name)} {}
  virtual ~slot_base() = default;

  virtual void clear() = 0;
  void attach(std::shared_ptr<node> where);

  const std::string& name() const { return name_; }
  /// Whose life the current handle is; 0 before the first.
  std::uint64_t incarnation() const;
  /// What to answer while the slot is empty: the state, the cause and the time
  /// of the next attempt.
  failure unavailable(timestamp now) const;
  /// What to answer for a request that an earlier life will never answer.
  failure replaced() const;

 protected:
  mutable std::mutex mutex_;
  std::shared_ptr<node> where_;

 private:
  const std::string name_;
};

template <class Handle>
class slot final : public slot_base {
 public:
  using slot_base::slot_base;

  void set(Handle h) {
    std::lock_guard guard{mutex_};
    handle_ = std::move(h);
  }

  void clear() override {
    std::lock_guard guard{mutex_};
    handle_.reset();
  }

  std::optional<Handle> get() const {
    std::lock_guard guard{mutex_};
    return handle_;
  }

 private:
  std::optional<Handle> handle_;
};

template <class Handle>
using slot_ptr = std::shared_ptr<slot<Handle>>;

}  // namespace closedpaw::supervision
