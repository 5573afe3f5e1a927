#define CAF_SUITE observed

#include "tests/actor/supervision/supervisor_fixture.hpp"

namespace observed_tests {

using namespace closedpaw;
using namespace closedpaw::supervision;
using namespace closedpaw::supervision::test;

struct echo_state {
  static constexpr const char* name = "echo";
  using self_pointer =
      caf::stateful_actor<echo_state, observed<caf::event_based_actor>>*;
  explicit echo_state(self_pointer) {}

  caf::behavior init(self_pointer self, std::vector<std::string>& seen) {
    return {
        [&seen](const std::string& text) {
          seen.push_back(text);
          return text;
        },
        [](barrier_atom) -> std::uint64_t {
          throw std::runtime_error{"out of order"};
        },
        [self](sweep_atom) -> caf::result<std::uint64_t> {
          auto promise = self->make_response_promise<std::uint64_t>();
          throw 42;
          return promise;
        },
    };
  }
};

struct sut : closedpaw::test::fixture {
  using echo_shell = actor_shell<echo_state, caf::event_based_actor>;

  sut() {
    life = make_place<caf::actor>("echo").begin();
    echo_shell::init_function init = [this](echo_shell::super* x) {
      return x->state.init(x, seen);
    };
    auto* parent = static_cast<caf::local_actor*>(host());
    echo = keep(parent->spawn<echo_shell>(life, std::move(init)));
    ending = std::make_shared<std::string>("alive");
    deref<caf::monitorable_actor>(echo).attach_functor(
        [end = ending](const caf::error& e) {
          *end = e ? to_failure(e).message : "normal";
        });
    settle();
  }
  ~sut() override { end(); }

  std::vector<std::string> seen;
  incarnation life;
  caf::actor echo;
  std::shared_ptr<std::string> ending;
};

}  // namespace observed_tests

CAF_TEST_FIXTURE_SCOPE(observed_tests, sut)

CAF_TEST(messages_and_their_time_are_counted) {
  ask_now<std::string>(*this, echo, std::string{"one"});
  ask_now<std::string>(*this, echo, std::string{"two"});
  CAF_CHECK_EQUAL(seen, (strings{"one", "two"}));
  CAF_CHECK_EQUAL(life.stats->messages(), 2U);
  CAF_CHECK_EQUAL(life.stats->mailbox(steady_ns()).depth, 0U);
  CAF_CHECK_EQUAL(life.stats->handler_began(), 0);
}

CAF_TEST(what_waits_is_counted_as_well) {
  caf::anon_send(echo, std::string{"one"});
  caf::anon_send(echo, std::string{"two"});
  CAF_CHECK_EQUAL(life.stats->mailbox(steady_ns()).depth, 2U);
  settle();
  CAF_CHECK_EQUAL(life.stats->mailbox(steady_ns()).depth, 0U);
}

CAF_TEST(a_handler_that_throws_answers_its_requester_and_ends_the_actor) {
  auto asked = ask_now<std::uint64_t>(*this, echo, barrier_atom::value);
  CAF_CHECK_EQUAL(asked->answers, 1U);
  CAF_CHECK_EQUAL(asked->code(), "internal");
  CAF_CHECK_EQUAL(asked->message(), "threw: out of order");
  CAF_CHECK_EQUAL(*ending, "threw: out of order");
}

CAF_TEST(also_when_it_had_made_a_promise_and_throws_no_std_exception) {
  auto asked = ask_now<std::uint64_t>(*this, echo, sweep_atom::value);
  CAF_CHECK_EQUAL(asked->answers, 1U);
  CAF_CHECK(contains(asked->message(), "an exception of unknown type"));
}

CAF_TEST(whatever_waits_behind_the_throwing_handler_is_answered_too) {
  auto first = ask_later<std::uint64_t>(*this, echo, barrier_atom::value);
  auto second = ask_later<std::string>(*this, echo, std::string{"late"});
  settle();
  CAF_CHECK(first->answered());
  CAF_CHECK_EQUAL(second->answers, 1U);
  CAF_CHECK_EQUAL(second->code(), "unavailable");
  CAF_CHECK(seen.empty());
}

CAF_TEST(an_injected_exception_names_itself) {
  fault(echo, fault_kind::throw_);
  CAF_CHECK_EQUAL(*ending, "threw: injected fault");
}

CAF_TEST(an_injected_exit_names_itself) {
  fault(echo, fault_kind::exit);
  CAF_CHECK_EQUAL(*ending, "injected exit");
}

CAF_TEST(a_fenced_life_handles_nothing_more_and_leaves_nobody_waiting) {
  life.where->fence();
  auto asked = ask_now<std::string>(*this, echo, std::string{"late"});
  CAF_CHECK(seen.empty());
  CAF_CHECK_EQUAL(asked->answers, 1U);
  CAF_CHECK_EQUAL(asked->code(), "unavailable");
  CAF_CHECK(*ending != "alive");
}

CAF_TEST(a_fenced_life_ends_even_if_nobody_waits) {
  life.where->fence();
  caf::anon_send(echo, std::string{"late"});
  settle();
  CAF_CHECK(seen.empty());
  CAF_CHECK(*ending != "alive");
}

CAF_TEST(a_fenced_life_proves_nothing) {
  auto& actor = deref<observed<caf::event_based_actor>>(echo);
  actor.record_exchange(true, "before", closedpaw::test::test_now());
  life.where->fence();
  actor.record_exchange(false, "after", closedpaw::test::test_now());
  CAF_CHECK_EQUAL(life.where->snapshot(0, closedpaw::test::test_now())
                      .last_exchange->detail,
                  "before");
}

CAF_TEST_FIXTURE_SCOPE_END()
