#pragma once

#include "actors/supervision/supervisor.hpp"

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
