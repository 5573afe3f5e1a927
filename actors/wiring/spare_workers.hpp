#pragma once

#include <caf/fwd.hpp>
#include <cstddef>
#include <mutex>
#include <semaphore>

namespace closedpaw::wiring {

/// CAF's number of threads is fixed at start, and a handler keeps its thread
/// until it returns, if ever. Spares stand ready but occupied: more threads
/// than have work would only hand each message on to another one. Outlives the
/// actor system, which does not end before release_all(). Thread-safe.
class spare_workers {
 public:
  spare_workers(caf::actor_system& system, std::size_t count);
  spare_workers(const spare_workers&) = delete;
  spare_workers& operator=(const spare_workers&) = delete;

  /// So many spares, or all there are, take the place of threads that handlers
  /// hold; the others stay or become occupied.
  void stand_in(std::size_t wanted);
  /// For good.
  void release_all();

 private:
  void occupy_one();

  caf::actor_system& system_;
  const std::size_t count_;
  std::counting_semaphore<> gate_{0};
  std::mutex mutex_;
  std::size_t standing_in_ = 0;
  bool over_ = false;
};

}  // namespace closedpaw::wiring
