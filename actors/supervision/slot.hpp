#pragma once

#include <map>
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

/// The slots of a kind of actors whose number changes while running, by name.
/// Thread-safe.
template <class Handle>
class slot_table {
 public:
  /// `kind` precedes the name where the slot is spoken of.
  explicit slot_table(std::string kind) : kind_{std::move(kind)} {}

  /// The existing one of that name, or a new one.
  slot_ptr<Handle> add(const std::string& name) {
    const std::lock_guard guard{mutex_};
    auto& place = slots_[name];
    if (!place)
      place = std::make_shared<slot<Handle>>(kind_ + ' ' + name);
    return place;
  }
  void put(const std::string& name, slot_ptr<Handle> x) {
    const std::lock_guard guard{mutex_};
    slots_[name] = std::move(x);
  }
  void remove(const std::string& name) {
    const std::lock_guard guard{mutex_};
    slots_.erase(name);
  }
  /// Null for an unknown name.
  slot_ptr<Handle> find(const std::string& name) const {
    const std::lock_guard guard{mutex_};
    const auto it = slots_.find(name);
    return it == slots_.end() ? nullptr : it->second;
  }

 private:
  const std::string kind_;
  mutable std::mutex mutex_;
  std::map<std::string, slot_ptr<Handle>> slots_;
};

template <class Handle>
using slot_table_ptr = std::shared_ptr<slot_table<Handle>>;

}  // namespace closedpaw::supervision
