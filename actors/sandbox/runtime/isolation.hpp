#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "actors/sandbox/runtime/bubblewrap.hpp"
#include "actors/sandbox/runtime/oci.hpp"
#include "actors/sandbox/runtime/spawner.hpp"

namespace closedpaw::sandbox {

struct isolation_options {
  /// Of "gvisor", "kata", "oci", "bubblewrap": the first that works is used.
  std::vector<std::string> runtimes;
  /// Where their programs are looked for, absolute; the first counts.
  std::vector<std::string> program_directories;
  /// Limits without which sandboxes start all the same.
  std::vector<std::string> may_be_unenforced;
  /// Whether there is anywhere that agents may connect to.
  bool network = false;
  /// Where closedpaw-launcher is.
  std::string helpers;
  /// Bundles of OCI runtimes are made below it.
  std::string directory;
  /// Names our control groups apart from other daemons' ones.
  std::string instance;
  std::size_t warm = 2;
  wall_clock now = system_now;
};

/// Starts sandboxes with the isolation that was proven to work here. From any
/// thread.
class isolation {
 public:
  /// Kills and removes what a daemon that crashed left behind.
  explicit isolation(isolation_options options);

  /// Sandboxes that were left behind.
  std::size_t orphans() const { return orphans_; }
  /// Starts a sandbox of each kind for trial, and chooses. Blocks for as long
  /// as that takes (seconds), or until it is to stop.
  void probe(const std::stop_token& stop = {});
  /// Whether a trial is under way, or about to be.
  bool probing() const { return probing_; }
  void will_probe() { probing_ = true; }
  isolation_report report() const;

  /// Why no sandbox with these limits can start, if so.
  std::optional<failure> refusal(const sandbox_limits& limits) const;
  /// `done` is called by another thread, at once where it cannot start.
  void start(const sandbox_spec& spec, spawner::on_launched done);
  /// Ends and forgets what was started for nobody.
  void discard(launched x);
  /// After its end: its group and its bundle go.
  void retire(const cgroup& group, const std::string& id);

 private:
  struct candidate {
    /// "gvisor" …
    std::string name;
    std::string program;
    std::string platform;
  };

  /// Empty where there is none of that name.
  std::string find_program(const char* name) const;
  void make_filter();
  runtime_report look_at(const std::string& name);
  /// Why it does not work, or nothing.
  std::string attempt(const candidate& with, const std::stop_token& stop);
  std::vector<candidate> candidates_for(const std::string& name,
                                        runtime_report& report) const;
  result<launch_request> request_for(const candidate& with,
                                     const sandbox_spec& spec) const;
  result<std::string> make_bundle(const sandbox_spec& spec) const;

  const isolation_options options_;
  /// How their names begin.
  const std::string containers_;
  const bool as_root_;
  const cgroup_tree groups_;
  /// Made by the first trial.
  result<std::string> filter_;
  std::size_t orphans_ = 0;
  std::atomic<bool> probing_{false};
  mutable std::mutex mutex_;
  isolation_report report_;
  std::optional<candidate> chosen_;
  // Last: its thread uses the others.
  std::unique_ptr<spawner> spawner_;
};

}  // namespace closedpaw::sandbox
