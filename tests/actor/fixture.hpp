#pragma once

// Include this last: CAF's testing DSL defines short macros. CAF_SUITE is
// defined before, as in every test.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/supervision/observed_actor.hpp"
#include "actors/supervision/slot.hpp"
#include "messages/actors.hpp"
#include "tests/unit_test.hpp"

#ifndef FAIL
#define FAIL CAF_FAIL
#endif
#include <caf/test/dsl.hpp>

namespace closedpaw::test {

using std::chrono::milliseconds;

struct system_config : caf::actor_system_config {
  system_config() { add_message_types<caf::id_block::closedpaw>(); }
};

/// The wall clock of every actor under test.
inline timestamp test_time{};
inline timestamp test_now() {
  return test_time;
}

/// Where a supervised actor would be: its node, its slot, and its lives.
template <class Handle>
struct place {
  std::shared_ptr<supervision::node> where;
  supervision::slot_ptr<Handle> slot;

  supervision::incarnation begin() {
    supervision::incarnation life{where, 0,
                                  where->begin_incarnation(test_now())};
    life.number = where->incarnation();
    return life;
  }
};

/// CAF's deterministic scheduler with our message types and clocks. Messages
/// move only in settle() and advance().
class fixture : public test_coordinator_fixture<system_config> {
 public:
  fixture() {
    test_time = timestamp{std::chrono::hours{24 * 365 * 50}};
    // Spawns on behalf of tests; never runs itself.
    host_ = sys.spawn<caf::lazy_init>(
        [](caf::event_based_actor*) -> caf::behavior { return {}; });
  }

  ~fixture() override { end(); }

  /// Ends all actors. A derived fixture whose members they use calls this in
  /// its destructor. Actors with a periodic message would keep the base class
  /// busy for ever.
  void end() {
    for (const auto& x : std::exchange(spawned_, {}))
      if (auto alive = caf::actor_cast<caf::actor>(x))
        caf::anon_send_exit(alive, caf::exit_reason::kill);
    settle();
  }

  caf::scheduled_actor* host() { return &deref<caf::event_based_actor>(host_); }

  template <class Handle>
  place<Handle> make_place(const std::string& name) {
    place<Handle> out;
    out.where = nodes->child(nodes->root(), name, node_type::worker);
    out.slot = std::make_shared<supervision::slot<Handle>>(name);
    out.slot->attach(out.where);
    return out;
  }

  /// Ends with the test.
  template <class Handle>
  Handle keep(Handle x) {
    spawned_.push_back(caf::actor_cast<caf::actor_addr>(x));
    return x;
  }

  template <class Handle>
  void kill(const Handle& x) {
    caf::anon_send_exit(x, caf::exit_reason::kill);
    settle();
  }

  /// No typed interface has it: observed actors intercept it.
  template <class Handle>
  void fault(const Handle& x, fault_kind kind, bool deliver = true) {
    caf::anon_send(caf::actor_cast<caf::actor>(x), fault_atom::value, kind);
    if (deliver)
      settle();
  }

  /// Delivers everything that can be delivered now.
  void settle() { consume_messages(); }

  /// Both clocks go on, in steps that let periodic messages happen.
  void advance(milliseconds by, milliseconds step = milliseconds{50}) {
    settle();
    for (milliseconds gone{0}; gone < by;) {
      const auto next = std::min(step, by - gone);
      test_time += next;
      advance_time(next);
      settle();
      gone += next;
    }
  }

  std::shared_ptr<supervision::tree> nodes =
      std::make_shared<supervision::tree>();

 private:
  caf::actor host_;
  std::vector<caf::actor_addr> spawned_;
};

/// What became of a request that a test sent.
template <class Answer>
struct outcome {
  std::optional<Answer> answer;
  std::optional<failure> error;
  std::size_t answers = 0;

  bool answered() const { return answers > 0; }
  /// The code's name, "ok", or "none" while nobody answered.
  std::string code() const {
    if (error)
      return std::string{to_string(error->code)};
    return answer ? "ok" : "none";
  }
  std::string message() const { return error ? error->message : ""; }
};

/// Sends a request from an actor of its own, so that tests can look at the
/// answer, or at its absence, whenever they like.
template <class Answer, class Handle, class... Ts>
std::shared_ptr<outcome<Answer>> ask_later(fixture& f, const Handle& to,
                                           Ts... xs) {
  auto out = std::make_shared<outcome<Answer>>();
  f.keep(caf::actor_cast<caf::actor>(
      f.sys.spawn([=](caf::event_based_actor* self) {
        self->request(to, caf::infinite, xs...)
            .then(
                [out](const Answer& x) {
                  out->answer = x;
                  ++out->answers;
                },
                [out](const caf::error& e) {
                  out->error = to_failure(e);
                  ++out->answers;
                });
      })));
  return out;
}

/// The same, delivered at once.
template <class Answer, class Handle, class... Ts>
std::shared_ptr<outcome<Answer>> ask_now(fixture& f, const Handle& to,
                                         Ts... xs) {
  auto out = ask_later<Answer>(f, to, std::move(xs)...);
  f.settle();
  return out;
}

}  // namespace closedpaw::test
