#define CAF_SUITE crew

#include "actors/scheduling/crew.hpp"

#include <boost/asio/post.hpp>
#include <caf/all.hpp>
#include <functional>
#include <future>
#include <optional>
#include <semaphore>
#include <thread>

#include "actors/wiring/actor_system.hpp"
#include "tests/unit_test.hpp"

namespace crew_tests {

using namespace closedpaw;
using scheduling::crew;

class job final : public caf::ref_counted, public caf::resumable {
 public:
  explicit job(std::function<resume_result()> f) : f_{std::move(f)} {}

  resume_result resume(caf::execution_unit*, std::size_t) override {
    return f_();
  }
  void intrusive_ptr_add_ref_impl() override { ref(); }
  void intrusive_ptr_release_impl() override { deref(); }

 private:
  std::function<resume_result()> f_;
};

/// Two threads and one spare, with nothing but what a test gives them.
struct threads {
  threads() { under_test.start(system); }
  ~threads() {
    let_go.release(8);
    if (!stopped)
      under_test.stop();
    while (auto* left = under_test.take())
      caf::intrusive_ptr_release(left);
  }

  void enqueue(std::function<caf::resumable::resume_result()> f) {
    under_test.enqueue(new job{std::move(f)});
  }
  template <class F>
  void run(F f) {
    enqueue([f] {
      f();
      return caf::resumable::done;
    });
  }
  std::future<std::thread::id> handler() {
    auto ran = std::make_shared<std::promise<std::thread::id>>();
    boost::asio::post(io,
                      [ran] { ran->set_value(std::this_thread::get_id()); });
    return ran->get_future();
  }
  std::future<std::thread::id> run_job() {
    auto ran = std::make_shared<std::promise<std::thread::id>>();
    run([ran] { ran->set_value(std::this_thread::get_id()); });
    return ran->get_future();
  }
  /// Holds any thread, until let_go says otherwise.
  void hold() {
    std::promise<void> held;
    run([&] {
      held.set_value();
      let_go.acquire();
      returned.release();
    });
    held.get_future().wait();
  }
  /// Holds the thread that is in the io_context now.
  void hold_leader() {
    for (bool held = false; !held;) {
      const auto leader = handler().get();
      std::promise<bool> found;
      run([&] {
        const bool is_leader = std::this_thread::get_id() == leader;
        found.set_value(is_leader);
        if (is_leader) {
          let_go.acquire();
          returned.release();
        }
      });
      held = found.get_future().get();
    }
  }

  std::counting_semaphore<> let_go{0};
  std::counting_semaphore<> returned{0};
  bool stopped = false;
  caf::actor_system_config config;
  caf::actor_system system{config};
  boost::asio::io_context io{1};
  crew under_test{io, {2, 1, 64}};
};

/// Long enough for a thread that is free to have taken it.
template <class T>
bool stays_waiting(std::future<T>& x) {
  return x.wait_for(std::chrono::milliseconds{100}) ==
         std::future_status::timeout;
}

CAF_TEST(one_thread_at_a_time_is_in_the_io_context) {
  threads t;
  // Not atomic: ThreadSanitizer looks on.
  int handlers = 0;
  std::atomic<int> jobs = 0;
  std::promise<void> done;
  std::function<void()> next = [&] {
    if (++handlers == 2000) {
      done.set_value();
      return;
    }
    t.run([&] { ++jobs; });
    boost::asio::post(t.io, next);
  };
  boost::asio::post(t.io, next);
  done.get_future().wait();
  t.under_test.stop();
  t.stopped = true;
  int left = 0;
  while (auto* waits = t.under_test.take()) {
    ++left;
    caf::intrusive_ptr_release(waits);
  }
  CAF_CHECK_EQUAL(jobs + left, 1999);
}

CAF_TEST(a_job_that_is_not_done_runs_again) {
  threads t;
  std::promise<void> done;
  int runs = 0;
  t.enqueue([&] {
    if (++runs < 3)
      return caf::resumable::resume_later;
    done.set_value();
    return caf::resumable::done;
  });
  done.get_future().wait();
  CAF_CHECK_EQUAL(runs, 3);
}

CAF_TEST(handlers_and_jobs_leave_each_other_their_turn) {
  threads t;
  // The other one can help neither.
  t.hold();
  std::atomic<bool> job_ran = false;
  std::promise<void> handlers_over;
  std::function<void()> next = [&] {
    if (job_ran)
      handlers_over.set_value();
    else
      boost::asio::post(t.io, next);
  };
  boost::asio::post(t.io, next);
  t.run([&] { job_ran = true; });
  handlers_over.get_future().wait();

  std::atomic<bool> handler_ran = false;
  std::promise<void> jobs_over;
  t.enqueue([&] {
    if (!handler_ran)
      return caf::resumable::resume_later;
    jobs_over.set_value();
    return caf::resumable::done;
  });
  boost::asio::post(t.io, [&] { handler_ran = true; });
  jobs_over.get_future().wait();
  CAF_CHECK(job_ran && handler_ran);
}

CAF_TEST(a_held_leader_loses_the_lead) {
  threads t;
  t.hold_leader();
  const auto second = t.handler().get();
  CAF_CHECK_EQUAL(t.run_job().get(), second);
  // The other one comes back as a follower, or leads again.
  t.let_go.release();
  t.returned.acquire();
  t.handler().wait();
  t.hold_leader();
  t.handler().wait();
}

CAF_TEST(spares_do_nothing_until_they_stand_in) {
  threads t;
  t.hold();
  t.hold();
  auto handler = t.handler();
  auto waits = t.run_job();
  CAF_CHECK(stays_waiting(handler));
  CAF_CHECK(stays_waiting(waits));
  t.under_test.stand_in(1);
  handler.wait();
  waits.wait();
}

CAF_TEST(spares_go_off_duty_when_threads_come_back) {
  threads t;
  t.hold();
  t.hold();
  t.under_test.stand_in(100);
  const auto spare = t.handler().get();
  t.let_go.release(2);
  t.returned.acquire();
  t.returned.acquire();
  t.under_test.stand_in(0);
  // It leads until one of the others can.
  while (t.handler().get() == spare) {
  }
  t.hold();
  t.hold();
  auto waits = t.run_job();
  CAF_CHECK(stays_waiting(waits));
}

CAF_TEST(actors_run_on_it_and_its_clock_goes) {
  boost::asio::io_context io{1};
  crew under_test{io, {2, 1, 64}};
  wiring::actor_system_config config{under_test};
  std::optional<caf::actor_system> system{std::in_place, config};
  {
    auto echo = system->spawn(
        [] { return caf::behavior{[](std::int32_t x) { return x + 1; }}; });
    auto later = system->spawn([echo](caf::event_based_actor* self) {
      return caf::behavior{[=](std::int32_t x) {
        auto promise = self->make_response_promise<std::int32_t>();
        self->request(echo, caf::infinite, x).then([=](std::int32_t y) mutable {
          promise.deliver(y);
        });
        return promise;
      }};
    });
    caf::scoped_actor self{*system};
    self->request(later, caf::infinite, std::int32_t{41})
        .receive([](std::int32_t x) { CAF_CHECK_EQUAL(x, 42); },
                 [](const caf::error&) { CAF_FAIL("no answer"); });
    self->delayed_send(self, std::chrono::milliseconds{1}, std::int32_t{7});
    self->receive([](std::int32_t x) { CAF_CHECK_EQUAL(x, 7); });
  }
  system.reset();
}

}  // namespace crew_tests
