#pragma once

#include <caf/allowed_unsafe_message_type.hpp>

#include "actors/supervision/supervisor.hpp"

namespace closedpaw::supervision {

/// A child to start while running; process-local, like what it starts.
using child_spec_ptr = std::shared_ptr<const child_spec>;

}  // namespace closedpaw::supervision

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(closedpaw::supervision::child_spec_ptr)

namespace closedpaw::supervision {

/// The supervisor's state: OTP's supervisor with CAF's monitors. One method per
/// thing that can happen; runs only in its own actor.
class supervisor_state {
 public:
  static constexpr const char* name = "supervisor";
  using base_actor =
      caf::stateful_actor<supervisor_state, observed<caf::event_based_actor>>;

  explicit supervisor_state(base_actor* self) : self_{self} {}
  ~supervisor_state();

  caf::behavior init(supervisor_spec spec,
                     std::shared_ptr<const supervisor_env> env);

 private:
  struct child {
    child_spec spec;
    std::shared_ptr<node> where;
    restart_policy policy;
    caf::actor handle;
    /// Invalidates timers that were set before.
    std::uint64_t timer = 0;
    std::uint32_t rechecks = 0;
    /// When it crashed, until it has proved itself again.
    std::optional<monotonic_time> crashed_at;
    bool counted_ineffective = false;
    bool ever_started = false;
    /// What takes its place once it has stopped.
    std::shared_ptr<const child_spec> successor;
    /// Forgotten, but for its place in the list, which others count on.
    bool removed = false;
  };

  enum class after_stop { nothing, restart, quit };

  /// An ordered stop of several children, one after the other.
  struct stop_sequence {
    std::vector<std::size_t> order;
    std::size_t at = 0;
    after_stop then = after_stop::nothing;
    caf::error reason;
    std::vector<std::size_t> restart;
    std::chrono::milliseconds delay{0};
  };

  bool abandoned() const;

  // -- children that come and go (supervisor_children.cpp) -------------------
  child make_child(const child_spec& spec);
  std::optional<std::size_t> find(const std::string& id) const;
  bool take_free_place(const child_spec& spec);
  void add(std::shared_ptr<const child_spec> spec);
  void remove(const std::string& id);
  /// Stops it alone; what follows is succeed()'s.
  void retire(std::size_t i);
  /// It is down and was to be: its successor begins, or its node goes.
  void succeed(std::size_t i);

  // -- life of a child -------------------------------------------------------
  void start(std::size_t i);
  bool end_predecessor(std::size_t i);
  void start_fresh(std::size_t i);
  void check(std::size_t i);
  void proved(std::size_t i, const std::string& detail);
  void not_proved(std::size_t i, const failure& why);
  void note_ineffective(child& c, const std::string& why);
  void on_down(const caf::down_msg& x);
  void on_hung(const std::string& id, std::uint64_t life);
  void on_exit(std::size_t i, const std::string& reason, bool abnormal);
  void detach(child& c);
  void restart_after(std::size_t i, const std::string& reason);
  void schedule_start(std::size_t i, std::chrono::milliseconds delay);
  void start_when_due(std::size_t i);

  // -- stopping --------------------------------------------------------------
  void stop_children(stop_sequence s);
  void stop_next();
  void stop_overdue(std::size_t i, std::uint64_t timer, bool killed);
  void finish_stop();
  void on_exit_message(caf::exit_msg& x);

  // -- telling ---------------------------------------------------------------
  timestamp now() const { return env_->now(); }
  monotonic_time mono() const;
  void set_state(child& c, node_state s, std::string why = {});
  void report(const child& c, std::string status, json details,
              std::string level) const;
  std::string summary() const;

  base_actor* self_;
  supervisor_spec spec_;
  std::shared_ptr<const supervisor_env> env_;
  std::vector<child> children_;
  std::optional<stop_sequence> stopping_;
};

}  // namespace closedpaw::supervision
