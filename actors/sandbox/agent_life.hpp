#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <deque>

#include "actors/sandbox/agent.hpp"
#include "actors/sandbox/runtime/ending.hpp"
#include "actors/sandbox/skills/workspace.hpp"

namespace closedpaw::sandbox {

/// Reads what comes from within a sandbox. Nothing where it is no JSON, or has
/// so many members that reading it would keep us.
std::optional<json> read_foreign(const std::string& text);

/// What became of a start, on its way into the actor; process-local. Where the
/// actor is gone, so is what was started.
struct launch_news {
  launch_news(isolation& by, result<launched> x)
      : from{by}, outcome{std::move(x)} {}
  ~launch_news() {
    if (outcome && outcome->pidfd)
      from.discard(std::move(*outcome));
  }
  launch_news(const launch_news&) = delete;
  launch_news& operator=(const launch_news&) = delete;

  isolation& from;
  result<launched> outcome;
};
using launch_news_ptr = std::shared_ptr<launch_news>;

/// What a process did, on its way into the actor; process-local.
struct process_news {
  enum class kind : std::uint8_t { output, errors, flooded, ended };
  kind what = kind::output;
  std::string text{};
  exit_status status{};
};
using process_news_ptr = std::shared_ptr<process_news>;

}  // namespace closedpaw::sandbox

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(closedpaw::sandbox::launch_news_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(closedpaw::sandbox::process_news_ptr)

namespace closedpaw::sandbox {

using internal_agent = agent_actor::extend<caf::reacts_to<launch_news_ptr>,
                                           caf::reacts_to<process_news_ptr>,
                                           caf::reacts_to<sweep_atom>>;

/// One sandbox from its start to its end; runs only in its own actor.
class agent_life {
 public:
  static constexpr const char* name = "agent";
  using self_pointer = supervision::self_ptr<internal_agent, agent_life>;

  explicit agent_life(self_pointer me) : self_{me} {}
  ~agent_life();

  internal_agent::behavior_type init(agent_args given);

 private:
  using monotonic_time = std::chrono::steady_clock::time_point;
  using text_promise = caf::typed_response_promise<std::string>;
  using outcome_promise = caf::typed_response_promise<skill_outcome_payload>;

  /// A command that is served, or waits for that.
  struct served {
    execute_in_agent what;
    std::chrono::milliseconds timeout{0};
    outcome_promise promise;
  };

  // -- beginning (agent.cpp) -------------------------------------------------
  void start();
  sandbox_spec spec() const;
  result<void> open_egress();
  void started(launched x);
  void failed_to_start(const failure& why);

  // -- while it runs (agent.cpp) ---------------------------------------------
  void hear(process_news& x);
  void sweep();
  void measure();
  /// But for what the workspace holds.
  sandbox_usage usage() const;
  caf::result<std::string> on_check();
  caf::result<std::string> on_stop(const stop_agent& q);
  caf::result<std::string> on_pause(const pause_agent& q);

  // -- commands (agent_serving.cpp) ------------------------------------------
  caf::result<skill_outcome_payload> on_execute(const execute_in_agent& q);
  void serve_next();
  void take_lines();
  void take_answer(const std::string& line);
  void serving_began();

  // -- ending (agent_ending.cpp) ---------------------------------------------
  /// We end it, because of that.
  void end(end_cause why);
  void ended(const exit_status& status);
  void close(const sandbox_end& how);
  void answer_work(const sandbox_end& how);
  result<skill_outcome> outcome_of(const sandbox_end& how) const;
  json about_sandbox(const sandbox_end& how) const;

  bool serves() const { return !record().work; }
  bool abandoned() const {
    return self_->life().where->fenced(self_->life().number);
  }
  const agent_record& record() const { return *args_.record; }
  monotonic_time mono() const { return self_->clock().now(); }
  void publish();

  self_pointer self_;
  agent_args args_;
  agent_view view_;
  workspace_snapshot before_;
  std::shared_ptr<process> process_;
  std::shared_ptr<http::egress_proxy> egress_;
  cgroup group_;
  std::string output_;
  std::string errors_;
  /// Why we end it.
  std::optional<end_cause> ending_;
  monotonic_time began_{};
  std::optional<monotonic_time> wall_until_;
  std::optional<monotonic_time> kill_at_;
  monotonic_time workspace_look_at_{};
  /// When it was paused, how much of its time was left.
  std::optional<std::chrono::nanoseconds> wall_left_;
  std::deque<served> commands_;
  bool serving_ = false;
  /// What its answer must name; a guess by somebody else in the sandbox fails.
  std::string serving_id_;
  std::vector<text_promise> checks_;
  std::vector<text_promise> stops_;
};

}  // namespace closedpaw::sandbox
