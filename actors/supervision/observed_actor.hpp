#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <thread>
#include <utility>

#include "actors/supervision/node.hpp"
#include "messages/error.hpp"

#if defined(__SANITIZE_THREAD__)
extern "C" void __tsan_acquire(void*);
extern "C" void __tsan_release(void*);
// Debian's libcaf is not instrumented: the ordering that its mailboxes and its
// scheduler establish is told here.
#define CLOSEDPAW_TSAN_RELEASE(x) __tsan_release(x)
#define CLOSEDPAW_TSAN_ACQUIRE(x) __tsan_acquire(x)
#else
#define CLOSEDPAW_TSAN_RELEASE(x) static_cast<void>(0)
#define CLOSEDPAW_TSAN_ACQUIRE(x) static_cast<void>(0)
#endif

namespace closedpaw::supervision {

/// One life of a node.
struct incarnation {
  std::shared_ptr<node> where;
  std::uint64_t number = 0;
  std::shared_ptr<actor_stats> stats;
};

/// Thrown by an injected fault; names itself in the exit reason.
struct injected_fault : std::runtime_error {
  injected_fault() : std::runtime_error{"injected fault"} {}
};

/// Measures the mailbox, drops what comes after it was fenced off, carries out
/// injected faults, and answers the request whose handler threw.
template <class Base>
class observed : public Base {
 public:
  using Base::consume;

  observed(caf::actor_config& cfg, incarnation life)
      : Base{cfg}, life_{std::move(life)} {
    this->set_exception_handler(
        [](caf::scheduled_actor*, std::exception_ptr& e) -> caf::error {
          return describe(e);
        });
  }

  void enqueue(caf::mailbox_element_ptr x, caf::execution_unit* eu) override {
    // Who has a handle sees the actor as it was launched.
    CLOSEDPAW_TSAN_ACQUIRE(&life_);
    life_.stats->on_enqueue(steady_ns());
    CLOSEDPAW_TSAN_RELEASE(&life_);
    CLOSEDPAW_TSAN_RELEASE(x.get());
    Base::enqueue(std::move(x), eu);
  }

#if defined(__SANITIZE_THREAD__)
  void launch(caf::execution_unit* eu, bool lazy, bool hide) override {
    CLOSEDPAW_TSAN_RELEASE(this);
    CLOSEDPAW_TSAN_RELEASE(&life_);
    Base::launch(eu, lazy, hide);
  }

  caf::resumable::resume_result resume(caf::execution_unit* eu,
                                       std::size_t max_throughput) override {
    CLOSEDPAW_TSAN_ACQUIRE(this);
    const auto result = Base::resume(eu, max_throughput);
    CLOSEDPAW_TSAN_RELEASE(this);
    return result;
  }

  void on_destroy() override {
    CLOSEDPAW_TSAN_ACQUIRE(this);
    CLOSEDPAW_TSAN_ACQUIRE(&life_);
    CLOSEDPAW_TSAN_ACQUIRE(this->ctrl());
    Base::on_destroy();
  }
#endif

  caf::invoke_message_result consume(caf::mailbox_element& x) override {
    CLOSEDPAW_TSAN_ACQUIRE(&x);
    life_.stats->on_handler_begin(steady_ns());
    if (life_.where->fenced(life_.number)) {
      life_.stats->on_handler_end(steady_ns());
      refuse(x.sender, x.mid,
             to_error({errc::unavailable,
                       "it hung and was abandoned before it looked at this",
                       std::chrono::milliseconds{1000},
                       {}}));
      this->quit(caf::exit_reason::kill);
      // Not "dropped": CAF ends an actor only after it consumed something.
      return caf::invoke_message_result::consumed;
    }
    // A handler that makes a promise takes the sender along.
    const auto asker = x.sender;
    const auto mid = x.mid;
    try {
      if (x.content().template match_elements<fault_atom, fault_kind>())
        carry_out(x.content().template get_as<fault_kind>(1));
      auto result = Base::consume(x);
      life_.stats->on_handler_end(steady_ns());
      // Its count goes down on either side, and one of them destroys it.
      CLOSEDPAW_TSAN_RELEASE(asker.get());
      // Another thread may go on before resume() returns here.
      CLOSEDPAW_TSAN_RELEASE(this);
      return result;
    } catch (...) {
      life_.stats->on_handler_end(steady_ns());
      auto e = std::current_exception();
      refuse(asker, mid, describe(e));
      throw;
    }
  }

  const incarnation& life() const {
    return life_;
  }

  /// For actors whose exchange with the outside proves that they work.
  void record_exchange(bool ok, std::string detail, timestamp now) {
    if (!life_.where->fenced(life_.number))
      life_.where->record_exchange(ok, std::move(detail), now);
  }

 private:
  // CAF's own bouncer would only say that the receiver is down.
  void refuse(const caf::strong_actor_ptr& asker, caf::message_id mid,
              caf::error why) {
    if (asker && mid.is_request())
      asker->enqueue(this->ctrl(), mid.response_id(),
                     caf::make_message(std::move(why)), this->context());
  }

  static caf::error describe(std::exception_ptr& e) {
    std::string what = "an exception of unknown type";
    try {
      std::rethrow_exception(e);
    } catch (const std::exception& x) {
      what = x.what();
    } catch (...) {
    }
    return to_error({errc::internal, "threw: " + what, {}, {}});
  }

  void carry_out(fault_kind kind) {
    switch (kind) {
      case fault_kind::throw_:
        throw injected_fault{};
      case fault_kind::exit:
        this->quit(to_error({errc::internal, "injected exit", {}, {}}));
        return;
      case fault_kind::hang:
        // The real thing: a handler that never comes back.
        for (;;)
          std::this_thread::sleep_for(std::chrono::hours{1});
    }
  }

  incarnation life_;
};

/// An actor with a state and a free behaviour function, observed.
template <class State, class Base>
class actor_shell final : public caf::stateful_actor<State, observed<Base>> {
 public:
  using super = caf::stateful_actor<State, observed<Base>>;
  using behavior_type = typename Base::behavior_type;
  using init_function = std::function<behavior_type(super*)>;

  actor_shell(caf::actor_config& cfg, incarnation life, init_function init)
      : super{cfg, std::move(life)}, init_{std::move(init)} {}

  behavior_type make_behavior() override {
    auto behavior = init_(this);
    CLOSEDPAW_TSAN_RELEASE(this);
    return behavior;
  }

 private:
  init_function init_;
};

/// The `self` of a typed actor's behaviour function.
template <class Interface, class State>
using self_ptr =
    caf::stateful_actor<State, observed<typename Interface::base>>*;

/// Spawns a typed worker. Detached actors own a thread; tests run them on the
/// test coordinator instead.
template <class Interface, class State, class Init>
Interface spawn_worker(caf::scheduled_actor* parent, incarnation life,
                       bool detached, Init init) {
  using shell = actor_shell<State, typename Interface::base>;
  auto* host = static_cast<caf::local_actor*>(parent);
  typename shell::init_function f = std::move(init);
  if (detached)
    life.stats->set_own_thread();
  if (detached)
    return host->spawn<shell, caf::detached>(std::move(life), std::move(f));
  return host->spawn<shell>(std::move(life), std::move(f));
}

}  // namespace closedpaw::supervision
