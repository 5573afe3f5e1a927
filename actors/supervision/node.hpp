#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "actors/supervision/actor_stats.hpp"
#include "actors/supervision/restart_policy.hpp"
#include "messages/model/supervision.hpp"

namespace closedpaw::supervision {

class tree;

/// One place in the supervision tree; outlives the actors that fill it. Its
/// supervisor writes it, the actor its statistics, anyone reads it.
class node {
 public:
  node(tree& owner, node* parent, std::string id, node_type type);

  const std::string& id() const { return id_; }
  const std::string& path() const { return path_; }
  node_type type() const { return type_; }
  node* parent() const { return parent_; }

  // -- written by the supervisor ---------------------------------------------

  void describe(restart_kind restart, std::optional<restart_strategy> strategy);
  void set_hang_after(std::chrono::milliseconds limit);
  /// A new incarnation begins; older ones are fenced from here on.
  std::shared_ptr<actor_stats> begin_incarnation(timestamp now);
  void set_state(node_state s, timestamp now, std::string why = {});
  /// A copy of what decides about restarts, for the intensity in snapshots.
  void set_policy(restart_policy x);
  void count_restart();
  void count_ineffective();
  void set_exit(exit_record x);
  void set_next_attempt(std::optional<timestamp> at);
  void set_recovery(std::chrono::milliseconds x);
  /// Called by the watchdog when the incarnation hangs; set by the supervisor.
  void on_hung(std::function<void(std::uint64_t incarnation)> f);

  // -- written by whoever knows ----------------------------------------------

  void record_exchange(bool ok, std::string detail, timestamp now);
  /// Late messages of older incarnations are dropped.
  bool fenced(std::uint64_t incarnation) const {
    return incarnation_.load(std::memory_order_acquire) != incarnation;
  }
  /// Ends the incarnation's rights without starting another.
  void fence();

  // -- read by anyone --------------------------------------------------------

  node_state state() const { return state_.load(std::memory_order_acquire); }
  std::uint64_t incarnation() const {
    return incarnation_.load(std::memory_order_acquire);
  }
  std::optional<timestamp> next_attempt() const;
  std::optional<exit_record> last_exit() const;
  std::shared_ptr<actor_stats> stats() const;
  /// Both of the same incarnation.
  std::pair<std::uint64_t, std::shared_ptr<actor_stats>> current() const;
  std::chrono::milliseconds hang_after() const;
  void report_hung(std::uint64_t incarnation) const;
  std::vector<std::shared_ptr<node>> children() const;
  node_snapshot snapshot(actor_stats::ns steady, timestamp now) const;

 private:
  friend class tree;

  tree& tree_;
  node* const parent_;
  const std::string id_;
  const std::string path_;
  const node_type type_;
  std::atomic<node_state> state_{node_state::stopped};
  std::atomic<std::uint64_t> incarnation_{0};
  std::atomic<std::uint64_t> restarts_{0};
  std::atomic<std::uint64_t> ineffective_{0};
  std::atomic<std::int64_t> hang_after_ms_{5000};

  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<node>> children_;
  std::shared_ptr<actor_stats> stats_;
  std::function<void(std::uint64_t)> on_hung_;
  restart_kind restart_ = restart_kind::permanent;
  std::optional<restart_strategy> strategy_;
  timestamp state_since_{};
  timestamp incarnation_since_{};
  restart_policy policy_;
  std::optional<exit_record> last_exit_;
  std::optional<timestamp> next_attempt_;
  std::optional<std::chrono::milliseconds> last_recovery_;
  std::optional<exchange_record> last_exchange_;
};

/// What changed, for event streams and logs.
struct node_change {
  std::string path;
  node_state state = node_state::starting;
  std::string why;
  std::uint64_t restarts = 0;
  timestamp at{};
};

/// All nodes. Thread-safe; owned by main, outlives every actor.
class tree {
 public:
  using listener = std::function<void(const node_change&)>;

  explicit tree(listener on_change = {});
  tree(const tree&) = delete;
  tree& operator=(const tree&) = delete;

  const std::shared_ptr<node>& root() const { return root_; }
  /// The existing child of that id, or a new one.
  std::shared_ptr<node> child(const std::shared_ptr<node>& parent,
                              const std::string& id, node_type type);
  /// Forgets the child of that id; whoever holds it may go on doing so.
  void remove(const std::shared_ptr<node>& parent, const std::string& id);
  std::shared_ptr<node> find(std::string_view path) const;
  node_snapshot snapshot(actor_stats::ns steady, timestamp now) const;
  /// Calls f for every node, parents first.
  void visit(const std::function<void(const std::shared_ptr<node>&)>& f) const;

 private:
  friend class node;
  listener on_change_;
  std::shared_ptr<node> root_;
};

}  // namespace closedpaw::supervision
