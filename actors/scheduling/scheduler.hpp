#pragma once

#include <caf/detail/thread_safe_actor_clock.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <thread>

#include "actors/scheduling/crew.hpp"

namespace closedpaw::scheduling {

/// CAF's scheduler, for actors that share a crew with an io_context. The crew
/// outlives the actor system. As CAF's own, but for the threads: see
/// caf/scheduler/coordinator.hpp of 0.17.
class scheduler final : public caf::scheduler::abstract_coordinator {
 public:
  scheduler(caf::actor_system& system, crew& threads);

  void enqueue(caf::resumable* job) override { crew_.enqueue(job); }
  caf::actor_clock& clock() noexcept override { return clock_; }

 protected:
  void start() override;
  void stop() override;

 private:
  crew& crew_;
  caf::detail::thread_safe_actor_clock clock_;
  std::thread timer_;
};

}  // namespace closedpaw::scheduling
