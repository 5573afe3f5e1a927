#pragma once

#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

namespace closedpaw {

/// An immutable list that snapshots share: a copy costs a reference, however
/// long it is. Different copies may be read by different threads.
template <class T>
class shared_list {
 public:
  shared_list() = default;
  shared_list(std::vector<T> x)
      : list_{std::make_shared<const std::vector<T>>(std::move(x))} {}
  shared_list(std::initializer_list<T> x) : shared_list{std::vector<T>(x)} {}

  const std::vector<T>& get() const { return *list_; }
  auto begin() const { return list_->begin(); }
  auto end() const { return list_->end(); }
  std::size_t size() const { return list_->size(); }
  const T& operator[](std::size_t i) const { return (*list_)[i]; }
  const T& at(std::size_t i) const { return list_->at(i); }

 private:
  /// Never null.
  std::shared_ptr<const std::vector<T>> list_ =
      std::make_shared<const std::vector<T>>();
};

}  // namespace closedpaw
