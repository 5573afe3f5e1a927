#define CAF_SUITE spare_workers

#include "actors/wiring/spare_workers.hpp"

#include <caf/all.hpp>
#include <future>
#include <optional>
#include <semaphore>

#include "actors/wiring/actor_system.hpp"
#include "tests/unit_test.hpp"

using namespace closedpaw::wiring;

namespace {

/// Threads are the point here, so this is CAF's real scheduler: one worker and
/// two spares.
struct one_worker {
  ~one_worker() {
    let_go.release(8);
    spares.release_all();
    // The spares outlive the system.
    system.reset();
  }

  /// An actor that holds its thread until let_go says otherwise.
  void hold_a_thread() {
    auto held = std::make_shared<std::promise<void>>();
    auto is_held = held->get_future();
    system->spawn([this, held](caf::event_based_actor*) {
      held->set_value();
      let_go.acquire();
      returned.release();
    });
    is_held.wait();
  }
  /// Becomes ready once any thread runs another actor.
  std::future<void> run_something() {
    auto ran = std::make_shared<std::promise<void>>();
    system->spawn([ran](caf::event_based_actor*) { ran->set_value(); });
    return ran->get_future();
  }

  std::counting_semaphore<> let_go{0};
  std::counting_semaphore<> returned{0};
  actor_system_config config{1, 2};
  std::optional<caf::actor_system> system{std::in_place, config};
  spare_workers spares{*system, 2};
};

/// Long enough for a thread that is free to have taken it.
bool stays_waiting(std::future<void>& x) {
  return x.wait_for(std::chrono::milliseconds{50}) ==
         std::future_status::timeout;
}

}  // namespace

CAF_TEST(spares_do_nothing_until_they_stand_in) {
  one_worker w;
  w.hold_a_thread();
  auto waits = w.run_something();
  CAF_CHECK(stays_waiting(waits));
  w.spares.stand_in(1);
  waits.wait();
  w.hold_a_thread();
  auto waits_again = w.run_something();
  w.spares.stand_in(2);
  waits_again.wait();
}

CAF_TEST(they_are_occupied_again_when_threads_come_back) {
  one_worker w;
  w.hold_a_thread();
  w.spares.stand_in(1);
  w.run_something().wait();
  w.let_go.release();
  w.returned.acquire();
  w.spares.stand_in(0);
  // Of three threads two are occupied: one holder more and nobody is left.
  w.run_something().wait();
  w.hold_a_thread();
  auto waits = w.run_something();
  CAF_CHECK(stays_waiting(waits));
  w.spares.stand_in(1);
  waits.wait();
}

CAF_TEST(more_than_there_are_is_all_of_them) {
  one_worker w;
  w.spares.stand_in(100);
  for (int i = 0; i < 3; ++i)
    w.hold_a_thread();
  auto waits = w.run_something();
  CAF_CHECK(stays_waiting(waits));
  w.let_go.release();
  waits.wait();
}
