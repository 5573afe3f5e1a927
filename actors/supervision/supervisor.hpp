#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/supervision/observed_actor.hpp"
#include "actors/supervision/restart_policy.hpp"
#include "actors/supervision/slot.hpp"
#include "messages/model/audit_event.hpp"
#include "messages/model/published.hpp"

namespace closedpaw::supervision {

/// What all supervisors share. Every member is thread-safe.
struct supervisor_env {
  std::shared_ptr<tree> nodes;
  wall_clock now = system_now;
  /// Uniform in [0, 1): spreads backoffs.
  std::function<double()> chance;
  /// Takes an event for the audit log and never blocks.
  std::function<void(audit_event)> report;
};

/// The handle of a child's present life, kept outside of its supervisor: a
/// restarted supervisor first ends what its predecessor left running.
class live_handle {
 public:
  caf::actor get() const;
  void set(caf::actor x);
  void reset();

 private:
  mutable std::mutex mutex_;
  caf::actor handle_;
};

/// OTP's child specification.
struct child_spec {
  using start_function =
      std::function<caf::actor(caf::scheduled_actor* parent, incarnation life)>;

  std::string id;
  start_function start;
  node_type type = node_type::worker;
  restart_kind restart = restart_kind::permanent;
  /// Shown for supervisors.
  std::optional<restart_strategy> strategy;
  /// How long it may take to stop before it is killed; zero kills at once.
  std::chrono::milliseconds shutdown{5000};
  /// Longest stay in one handler; see hang_detector.
  std::chrono::milliseconds hang_after{5000};
  /// How long its self-check may take.
  std::chrono::milliseconds check_timeout{5000};
  restart_limits limits;
  /// Emptied when it goes down; may be null.
  std::shared_ptr<slot_base> where;
  /// Marked stale when it goes down.
  std::vector<publication*> publications;
  std::shared_ptr<live_handle> live = std::make_shared<live_handle>();
};

struct supervisor_spec {
  restart_strategy strategy = restart_strategy::one_for_one;
  /// Exceeding a child's budget ends this supervisor. Otherwise it degrades
  /// that child alone.
  bool escalate = false;
  std::vector<child_spec> children;
  /// Those that were added while running: a restart of the supervisor finds
  /// them here. May be null.
  std::function<std::vector<child_spec>()> added{};
};

/// Tells a running supervisor to start one more child (OTP's start_child). One
/// of that id is stopped and replaced.
void add_child(const caf::actor& supervisor, child_spec spec);

/// Tells it to stop a child and forget it (terminate_child and delete_child).
void remove_child(const caf::actor& supervisor, const std::string& id);

/// A supervisor as a child of another one.
child_spec supervisor_child(std::string id, supervisor_spec spec,
                            std::shared_ptr<const supervisor_env> env,
                            const child_spec& defaults = {});

/// Spawns the root. It answers check_atom with how many children run, stops
/// its children in reverse order on an exit message, and then ends with it.
caf::actor spawn_root(caf::actor_system& sys, const supervisor_spec& spec,
                      const std::shared_ptr<const supervisor_env>& env);

}  // namespace closedpaw::supervision
