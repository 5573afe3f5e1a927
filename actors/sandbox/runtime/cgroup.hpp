#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/sandbox/runtime/cgroup_layout.hpp"
#include "messages/model/sandbox.hpp"

namespace closedpaw::sandbox {

/// The processes of one sandbox, as the kernel accounts for and bounds them:
/// cgroups(7), version 1 (also in hybrid mode) or 2. Files only; from any
/// thread, one at a time.
class cgroup {
 public:
  cgroup() = default;
  cgroup(int version, std::map<std::string, std::string> directories)
      : version_{version}, directories_{std::move(directories)} {}

  /// Memory, processors, processes; what is not available here is skipped, see
  /// cgroup_tree::unenforced().
  result<void> limit(const sandbox_limits& limits) const;
  result<void> add(pid_t process) const;
  sandbox_usage usage() const;
  std::vector<pid_t> processes() const;
  /// To all but one.
  void signal(int number, pid_t except) const;
  /// Stops or continues all of them at once.
  result<void> freeze(bool frozen) const;
  /// SIGKILL to all, and to what they start meanwhile.
  void kill() const;
  /// False while it still has processes.
  bool remove() const;

 private:
  friend class cgroup_tree;

  const std::string& directory(const char* controller) const;
  std::string read(const char* controller, const char* file) const;
  std::optional<std::uint64_t> number(const char* controller,
                                      const char* file) const;
  std::optional<std::uint64_t> field(const char* controller, const char* file,
                                     std::string_view name) const;
  /// The same of a count of events, which version 1 keeps where they happen:
  /// with those of the groups within.
  std::optional<std::uint64_t> count(const char* controller, const char* file,
                                     std::string_view name) const;
  result<void> write(const char* controller, const char* file,
                     const std::string& text) const;
  bool has(const char* controller) const;

  int version_ = 0;
  /// By controller; version 2 has one under "".
  std::map<std::string, std::string> directories_;
};

/// The group of a daemon's sandboxes.
class cgroup_tree {
 public:
  /// Makes it below our own group, named after `instance`. Where that cannot be
  /// done unenforced() says why.
  cgroup_tree(const cgroup_layout& layout, const std::string& instance);
  ~cgroup_tree() { (void)top_.remove(); }
  cgroup_tree(const cgroup_tree&) = delete;
  cgroup_tree& operator=(const cgroup_tree&) = delete;

  int version() const { return top_.version_; }
  /// Limits that groups do not enforce here, and why.
  const std::vector<std::pair<std::string, std::string>>& unenforced() const {
    return unenforced_;
  }
  result<cgroup> create(const std::string& name) const;
  /// What a daemon that crashed left behind is killed and removed. How many.
  std::size_t remove_orphans() const;

 private:
  cgroup child(const std::string& name) const;
  void make_top(const cgroup_layout& layout, const std::string& instance);
  void delegate(const std::string& own);

  cgroup top_;
  std::vector<std::pair<std::string, std::string>> unenforced_;
};

/// What this process finds.
cgroup_layout find_cgroups();

/// Removes the empty groups that an OCI runtime made for its containers where
/// we have none of our own, and did not live to remove: those whose names begin
/// so, in every hierarchy.
void remove_container_groups(std::string_view name_begins);

}  // namespace closedpaw::sandbox
