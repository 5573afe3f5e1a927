#include "actors/sandbox/agent_life.hpp"
#include "messages/model/json_fields.hpp"

namespace closedpaw::sandbox {

namespace {

constexpr std::size_t most_waiting = 64;
/// Its own deadline first; this one is for what serves it.
constexpr std::chrono::seconds beyond{3};

}  // namespace

caf::result<skill_outcome_payload> agent_life::on_execute(
    const execute_in_agent& q) {
  if (view_.state != agent_state::running || !serves())
    return to_error({errc::conflict,
                     "the agent is " + std::string{to_string(view_.state)} +
                         " and takes no commands",
                     {},
                     {}});
  if (commands_.size() == most_waiting)
    return to_error({errc::overloaded,
                     "the agent has too many commands waiting",
                     std::chrono::milliseconds{1000},
                     {}});
  served next;
  next.what = q;
  next.timeout =
      std::min(q.timeout.value_or(record().limits.wall), record().limits.wall);
  next.promise = self_->make_response_promise<skill_outcome_payload>();
  commands_.push_back(next);
  serve_next();
  return next.promise;
}

void agent_life::serve_next() {
  if (serving_ || commands_.empty() || view_.state != agent_state::running)
    return;
  serving_ = true;
  serving_id_ = to_string(make_uuid(args_.now()));
  const auto& next = commands_.front();
  const json request{{"id", serving_id_},
                     {"command", next.what.command},
                     {"timeout_ms", next.timeout.count()},
                     {"output_bytes", record().limits.output_bytes}};
  process_->allow(12 * record().limits.output_bytes + 65'536);
  process_->write(dump(request) + '\n', false);
  wall_until_ = mono() + next.timeout + beyond;
  view_.busy = true;
  publish();
}

void agent_life::take_lines() {
  for (auto at = output_.find('\n'); at != std::string::npos;
       at = output_.find('\n')) {
    const auto line = output_.substr(0, at);
    output_.erase(0, at + 1);
    take_answer(line);
  }
}

// From within the sandbox, so it may be anything: what does not name the
// command that is served is not its answer.
void agent_life::take_answer(const std::string& line) {
  if (view_.state == agent_state::creating)
    return serving_began();
  if (!serving_)
    return;
  const auto answer = read_foreign(line);
  const auto* id = answer ? text_in(*answer, "id") : nullptr;
  if (!id || *id != serving_id_)
    return;
  auto done = std::move(commands_.front());
  commands_.pop_front();
  serving_ = false;
  wall_until_.reset();
  wall_left_.reset();
  ++view_.requests;
  measure();
  view_.busy = false;
  publish();
  if (const auto* found = object_in(*answer, "result")) {
    auto result = *found;
    result["agent_id"] = to_string(record().id);
    result["limits_met"] = limits_met(view_.usage, record().limits);
    result["usage"] = to_json(view_.usage);
    done.promise.deliver(
        skill_outcome_payload{skill_outcome{json_text{result}}});
  } else {
    const auto* why = text_in(*answer, "error");
    done.promise.deliver(to_error(
        {errc::bad_request, why ? *why : "it did not say why", {}, {}}));
  }
  serve_next();
}

void agent_life::serving_began() {
  if (!ending_)
    view_.state = agent_state::running;
  wall_until_.reset();
  publish();
  for (auto& promise : std::exchange(checks_, {}))
    promise.deliver(std::string{"its sandbox runs"});
  args_.changed(record().id);
}

}  // namespace closedpaw::sandbox
