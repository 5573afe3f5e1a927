#pragma once

#include <caf/fwd.hpp>
#include <cstddef>
#include <semaphore>

namespace closedpaw::wiring {

/// CAF's number of threads is fixed at start, and a handler that hangs keeps
/// its thread for ever. Spares stand ready but occupied: more threads than
/// processors would only hand each message on to another one. Outlives the
/// actor system, which does not end before release_all().
class spare_workers {
 public:
  spare_workers(caf::actor_system& system, std::size_t count);
  spare_workers(const spare_workers&) = delete;
  spare_workers& operator=(const spare_workers&) = delete;

  /// A thread was lost: one more takes part. Any thread.
  void release_one() { gate_.release(); }
  void release_all();

 private:
  std::counting_semaphore<> gate_{0};
  std::size_t count_;
};

}  // namespace closedpaw::wiring
