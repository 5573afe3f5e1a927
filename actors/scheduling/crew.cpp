#include "actors/scheduling/crew.hpp"

#include <pthread.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <caf/actor_system.hpp>
#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>
#include <chrono>
#include <thread>
#include <utility>

namespace closedpaw::scheduling {

namespace {

/// What the leader runs of each before it turns to the other: as long as
/// clients ask, there is always a handler that is ready.
constexpr int handlers_per_turn = 64;
constexpr int jobs_per_turn = 32;
/// After so long without a pause, jobs that wait are worth waking a follower
/// for.
constexpr std::chrono::microseconds long_turn{1000};
constexpr std::chrono::microseconds long_linger{100};
/// A job that lasts from one look to the next has the leader.
constexpr std::chrono::milliseconds look_interval{10};

}  // namespace

class crew::member final : public caf::execution_unit {
 public:
  enum class stage { between_jobs, in_job, deposed };

  member(crew& own, caf::actor_system& system, std::size_t number)
      : caf::execution_unit{&system}, index{number}, crew_{own} {}

  void exec_later(caf::resumable* job) override { crew_.enqueue(job); }

  const std::size_t index;
  /// Of the leader only.
  std::atomic<stage> at{stage::between_jobs};
  /// Begun so far as the leader.
  std::atomic<std::uint64_t> jobs{0};
  std::thread thread;

  static thread_local const member* current;

 private:
  crew& crew_;
};

thread_local const crew::member* crew::member::current = nullptr;

crew::crew(boost::asio::io_context& io, crew_options options)
    : io_{io},
      work_{io.get_executor()},
      options_{options},
      active_{options.threads} {
  // nop
}

crew::~crew() = default;

void crew::start(caf::actor_system& system) {
  const auto all = active_ + options_.spares;
  for (std::size_t i = 0; i < all; ++i)
    members_.push_back(std::make_unique<member>(*this, system, i));
  for (const auto& m : members_)
    m->thread = std::thread{[this, me = m.get()] {
      pthread_setname_np(pthread_self(), "crew");
      me->system().thread_started();
      run(*me);
      me->system().thread_terminates();
    }};
}

void crew::stop() {
  {
    const lock held{mutex_};
    over_ = true;
  }
  duty_.notify_all();
  spares_.notify_all();
  wake_leader();
  for (const auto& m : members_)
    m->thread.join();
}

void crew::enqueue(caf::resumable* job) {
  bool wake = false;
  {
    const lock held{mutex_};
    jobs_.push_back(job);
    ++waiting_;
    wake = leader_ != member::current && std::exchange(asleep_, false);
  }
  if (wake)
    wake_leader();
}

// Whether there is a follower to notify that is not notified yet.
bool crew::call() {
  return idle_ > 0 && !std::exchange(called_, true);
}

void crew::stand_in(std::size_t wanted) {
  const auto active = options_.threads + std::min(wanted, options_.spares);
  if (active_.exchange(active) == active)
    return;
  // Also a spare that leads, and is no longer needed.
  { const lock held{mutex_}; }
  duty_.notify_all();
  spares_.notify_all();
  wake_leader();
}

caf::resumable* crew::take() {
  const lock held{mutex_};
  if (jobs_.empty())
    return nullptr;
  return pop();
}

void crew::run(member& me) {
  member::current = &me;
  lock held{mutex_};
  while (!over_) {
    // Asked once: who is on duty changes without the lock.
    const bool duty = on_duty(me);
    // Not a spare, however early it comes.
    if (leader_ == nullptr && duty) {
      leader_ = &me;
      asleep_ = false;
      me.at = member::stage::between_jobs;
      leave_watch();
      held.unlock();
      lead(me);
      held.lock();
    } else if (!duty) {
      leave_watch();
      spares_.wait(held);
    } else if (!jobs_.empty()) {
      auto* job = pop();
      leave_watch();
      held.unlock();
      execute(me, job);
      linger();
      held.lock();
    } else {
      follow(held);
    }
  }
}

caf::resumable* crew::pop() {
  auto* job = jobs_.front();
  jobs_.pop_front();
  --waiting_;
  return job;
}

// Who helped will soon have to again, and waking up costs more than waiting.
void crew::linger() const {
  const auto until = clock::now() + long_linger;
  while (waiting_ == 0 && !over_ && clock::now() < until)
    std::this_thread::yield();
}

// Until somebody else leads.
void crew::lead(member& me) {
  auto begun = clock::now();
  while (!over_) {
    if (!on_duty(me) && step_down())
      return;
    bool worked = false;
    for (int i = 0; i < handlers_per_turn && io_.poll_one() > 0; ++i)
      worked = true;
    for (int i = 0; i < jobs_per_turn; ++i) {
      auto* job = take();
      if (job == nullptr)
        break;
      worked = true;
      if (!execute_leading(me, job))
        return;
      ask_for_help(begun);
    }
    if (!worked) {
      rest();
      begun = clock::now();
    }
  }
}

void crew::ask_for_help(clock::time_point begun) {
  if (clock::now() - begun < long_turn)
    return;
  {
    const lock held{mutex_};
    if (jobs_.empty() || !call())
      return;
  }
  duty_.notify_one();
}

// Until there is something to do.
void crew::rest() {
  {
    const lock held{mutex_};
    if (!jobs_.empty() || over_)
      return;
    asleep_ = true;
  }
  io_.run_one();
  bool look = false;
  {
    const lock held{mutex_};
    asleep_ = false;
    look = !watched_ && call();
  }
  if (look)
    duty_.notify_one();
}

// Once the threads on duty are back, a spare hands on the lead.
bool crew::step_down() {
  {
    const lock held{mutex_};
    if (idle_ == 0)
      return false;
    called_ = true;
    leader_ = nullptr;
  }
  duty_.notify_one();
  return true;
}

void crew::follow(lock& held) {
  ++idle_;
  if (asleep_ || watched_)
    duty_.wait(held);
  else
    watch_leader(held);
  --idle_;
  called_ = false;
}

// Whoever has something else to do lets another follower look at the leader:
// those that found it watched wait without an end.
void crew::leave_watch() {
  if (!watched_ && !asleep_ && call())
    duty_.notify_one();
}

void crew::watch_leader(lock& held) {
  auto* const whom = leader_;
  const auto seen = whom->jobs.load();
  watched_ = true;
  const auto why = duty_.wait_for(held, look_interval);
  watched_ = false;
  if (why != std::cv_status::timeout || leader_ != whom || whom->jobs != seen)
    return;
  auto expected = member::stage::in_job;
  if (whom->at.compare_exchange_strong(expected, member::stage::deposed))
    leader_ = nullptr;
}

void crew::execute(member& me, caf::resumable* job) {
  if (job->resume(&me, options_.max_throughput) == caf::resumable::resume_later)
    enqueue(job);
  else
    caf::intrusive_ptr_release(job);
}

// Whether this thread still leads.
bool crew::execute_leading(member& me, caf::resumable* job) {
  ++me.jobs;
  me.at = member::stage::in_job;
  execute(me, job);
  auto expected = member::stage::in_job;
  return me.at.compare_exchange_strong(expected, member::stage::between_jobs);
}

bool crew::on_duty(const member& me) const {
  return me.index < active_;
}

void crew::wake_leader() {
  boost::asio::post(io_, [] {});
}

}  // namespace closedpaw::scheduling
