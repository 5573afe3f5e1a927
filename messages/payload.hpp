#pragma once

#include <caf/deserializer.hpp>
#include <caf/error.hpp>
#include <caf/serializer.hpp>
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

  friend caf::error inspect(caf::serializer& f, payload& x) {
    return f(*x.value_);
  }
  // Into a value of its own: others may share the old one.
  friend caf::error inspect(caf::deserializer& f, payload& x) {
    x.value_ = std::make_shared<T>();
    return f(*x.value_);
  }

 private:
  std::shared_ptr<T> value_;
};

}  // namespace closedpaw
