#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>

#include <map>
#include <mutex>

namespace closedpaw::monitoring {

/// A family of instruments with a bound on its label sets: what would be one
/// too many is not measured, and counted. Thread-safe.
template <class Instrument>
class bounded_family {
 public:
  bounded_family(prometheus::Family<Instrument>& family, std::size_t limit,
                 prometheus::Counter& dropped,
                 prometheus::Histogram::BucketBoundaries buckets = {})
      : family_{family},
        limit_{limit},
        dropped_{dropped},
        buckets_{std::move(buckets)} {}

  /// Null past the bound.
  Instrument* at(const prometheus::Labels& labels) {
    const std::lock_guard guard{mutex_};
    if (const auto known = known_.find(labels); known != known_.end())
      return known->second;
    if (known_.size() >= limit_) {
      dropped_.Increment();
      return nullptr;
    }
    return known_.emplace(labels, &make(labels)).first->second;
  }

  void observe(const prometheus::Labels& labels, double value) {
    if (auto* x = at(labels))
      x->Observe(value);
  }
  void count(const prometheus::Labels& labels, double by = 1) {
    if (auto* x = at(labels))
      x->Increment(by);
  }

 private:
  Instrument& make(const prometheus::Labels& labels) {
    if constexpr (std::is_same_v<Instrument, prometheus::Histogram>)
      return family_.Add(labels, buckets_);
    else
      return family_.Add(labels);
  }

  prometheus::Family<Instrument>& family_;
  const std::size_t limit_;
  prometheus::Counter& dropped_;
  const prometheus::Histogram::BucketBoundaries buckets_;
  std::mutex mutex_;
  std::map<prometheus::Labels, Instrument*> known_;
};

}  // namespace closedpaw::monitoring
