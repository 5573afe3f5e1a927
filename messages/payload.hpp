#pragma once

#include <memory>
#include <utility>

namespace closedpaw {

/// A large or shared value inside a message: in process only the pointer
/// travels, across nodes `inspect` carries the value.
template <class T>
class payload {
 public:
  payload() : value_{std::make_shared<T>()} {}
  payload(T value) : value_{std::make_shared<T>(std::move(value))} {}
  explicit payload(std::shared_ptr<const T> value)
      : value_{std::const_pointer_cast<T>(std::move(value))} {}

  const T& operator*() const { return *value_; }
  const T* operator->() const { return value_.get(); }

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, payload& x) {
    // A reader fills a value of its own: others may share the old one.
    if constexpr (Inspector::reads_state)
      return f(*x.value_);
    else {
      x.value_ = std::make_shared<T>();
      return f(*x.value_);
    }
  }

 private:
  std::shared_ptr<T> value_;
};

}  // namespace closedpaw
