#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "actors/sandbox/runtime/cgroup.hpp"
#include "actors/sandbox/runtime/launch_order.hpp"
#include "messages/model/file_descriptor.hpp"

namespace closedpaw::sandbox {

/// A process in its group, with our ends of its standard streams.
struct launched {
  pid_t pid = 0;
  file_descriptor pidfd;
  file_descriptor input;
  file_descriptor output;
  file_descriptor errors;
  cgroup group;
};

struct launch_request {
  launch_order order;
  sandbox_limits limits;
  /// Read by the program as descriptor 3; empty for none.
  std::string third;
};

/// Starts processes from one permanent thread, since what is to die with us
/// dies with the thread that started it (prctl(2), PR_SET_PDEATHSIG). Launchers
/// wait in groups of their own, so that a start costs no move between groups.
class spawner {
 public:
  /// Called by its thread; must neither block nor throw.
  using on_launched = std::function<void(result<launched>)>;

  /// `launcher`: the path of closedpaw-launcher. Keeps `warm` of them ready,
  /// once `start_warming` was called.
  spawner(const cgroup_tree& groups, std::string launcher, std::size_t warm);
  /// Ends those that wait; what was launched is its owners'.
  ~spawner();
  spawner(const spawner&) = delete;
  spawner& operator=(const spawner&) = delete;

  void start_warming();
  /// From any thread.
  void launch(launch_request what, on_launched done);
  /// Kills what is left in the group, and removes it; then, with a name, what
  /// the container's runtime has left of its own groups.
  void retire(cgroup group, std::string container = {});

 private:
  struct waiting {
    launched process;
    file_descriptor socket;
  };
  struct leaving {
    cgroup group;
    std::string container;
    int tries = 0;
  };
  using task = std::function<void()>;

  void run();
  void put(task what);
  result<waiting> make();
  result<launched> launch_now(const launch_request& what);
  static bool send(const waiting& to, const launch_request& what,
                   launched& into);
  void remove_leaving();
  static void end(waiting& unused);

  const cgroup_tree& groups_;
  const std::string launcher_;
  const std::size_t warm_;
  std::uint64_t made_ = 0;
  // Of its thread only.
  std::deque<waiting> ready_;
  std::vector<leaving> leaving_;
  std::chrono::steady_clock::time_point no_warming_before_{};

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<task> tasks_;
  bool warming_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace closedpaw::sandbox
