#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "actors/sandbox/runtime/process.hpp"
#include "actors/supervision/slot.hpp"
#include "http/egress/egress_proxy.hpp"
#include "messages/actors.hpp"
#include "messages/model/sandbox.hpp"
#include "messages/model/skill.hpp"

namespace closedpaw::sandbox {

/// One request to a sandbox of its own: answered once, at the latest when
/// nobody holds it any more. Thread-safe.
class job {
 public:
  using callback = std::function<void(result<skill_outcome>)>;

  job(json request, callback done)
      : request_(std::move(request)), done_{std::move(done)} {}
  ~job();
  job(const job&) = delete;
  job& operator=(const job&) = delete;

  const json& request() const { return request_; }
  void answer(result<skill_outcome> outcome);

 private:
  const json request_;
  std::mutex mutex_;
  callback done_;
};

/// What there is to do about a sandbox whose actor is gone. Thread-safe.
class grip {
 public:
  struct held_things {
    std::shared_ptr<process> program;
    std::shared_ptr<http::egress_proxy> egress;
  };

  void hold(std::shared_ptr<process> program);
  void hold(std::shared_ptr<http::egress_proxy> egress);
  /// Null what there was not yet, and all after the first.
  held_things release();

 private:
  std::mutex mutex_;
  held_things held_;
};

/// One agent, from its admission until it is forgotten.
struct agent_record {
  uuid id;
  skill_manifest skill;
  sandbox_limits limits;
  std::string runtime;
  std::string workspace;
  /// Goes with the agent.
  bool own_workspace = false;
  /// Nothing for one that serves commands until it is stopped.
  std::shared_ptr<job> work;
  std::optional<uuid> action_id;
  std::shared_ptr<published<agent_view>> view;
  supervision::slot_ptr<agent_actor> where;
  std::shared_ptr<grip> held = std::make_shared<grip>();
};

/// All agents; outlives their owner's lives. Thread-safe.
class agent_table {
 public:
  using record_ptr = std::shared_ptr<const agent_record>;

  /// Before it starts.
  void add(record_ptr x);
  record_ptr find(const uuid& id) const;
  std::vector<record_ptr> active() const;
  bool is_active(const uuid& id) const;
  /// It ended: kept for a while to be looked at.
  void retire(const uuid& id);
  /// The active ones and the last that ended, oldest first.
  std::vector<std::shared_ptr<published<agent_view>>> views() const;
  void count_end(end_cause why);
  /// Grows with each change.
  std::uint64_t revision() const;
  std::uint64_t started() const;
  std::vector<std::pair<std::string, std::uint64_t>> ends() const;

 private:
  static constexpr std::size_t most_kept = 100;

  mutable std::mutex mutex_;
  std::map<uuid, record_ptr> active_;
  std::deque<record_ptr> ended_;
  std::uint64_t started_ = 0;
  std::map<end_cause, std::uint64_t> ends_;
  std::uint64_t revision_ = 0;
};

}  // namespace closedpaw::sandbox
