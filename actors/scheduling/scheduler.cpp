#include "actors/scheduling/scheduler.hpp"

#include <pthread.h>

namespace closedpaw::scheduling {

scheduler::scheduler(caf::actor_system& system, crew& threads)
    : abstract_coordinator{system}, crew_{threads} {
  // nop
}

void scheduler::start() {
  crew_.start(system());
  timer_ = std::thread{[this] {
    pthread_setname_np(pthread_self(), "actor_clock");
    system().thread_started();
    clock_.run_dispatch_loop();
    system().thread_terminates();
  }};
  abstract_coordinator::start();
}

void scheduler::stop() {
  crew_.stop();
  stop_actors();
  while (auto* job = crew_.take())
    cleanup_and_release(job);
  clock_.cancel_dispatch_loop();
  timer_.join();
}

}  // namespace closedpaw::scheduling
