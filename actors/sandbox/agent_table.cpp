#include "actors/sandbox/agent_table.hpp"

#include <algorithm>

namespace closedpaw::sandbox {

job::~job() {
  answer(failure{errc::interrupted,
                 "the agent ended before its request was answered",
                 {},
                 {}});
}

void job::answer(result<skill_outcome> outcome) {
  callback done;
  {
    const std::lock_guard guard{mutex_};
    done = std::exchange(done_, nullptr);
  }
  if (done)
    done(std::move(outcome));
}

void grip::hold(std::shared_ptr<process> program) {
  const std::lock_guard guard{mutex_};
  held_.program = std::move(program);
}

void grip::hold(std::shared_ptr<http::egress_proxy> egress) {
  const std::lock_guard guard{mutex_};
  held_.egress = std::move(egress);
}

grip::held_things grip::release() {
  const std::lock_guard guard{mutex_};
  return std::exchange(held_, {});
}

void agent_table::add(record_ptr x) {
  const std::lock_guard guard{mutex_};
  ++started_;
  ++revision_;
  active_[x->id] = std::move(x);
}

agent_table::record_ptr agent_table::find(const uuid& id) const {
  const std::lock_guard guard{mutex_};
  if (const auto it = active_.find(id); it != active_.end())
    return it->second;
  const auto it = std::ranges::find(ended_, id, &agent_record::id);
  return it == ended_.end() ? nullptr : *it;
}

std::vector<agent_table::record_ptr> agent_table::active() const {
  const std::lock_guard guard{mutex_};
  std::vector<record_ptr> out;
  for (const auto& [id, x] : active_)
    out.push_back(x);
  return out;
}

bool agent_table::is_active(const uuid& id) const {
  const std::lock_guard guard{mutex_};
  return active_.contains(id);
}

void agent_table::retire(const uuid& id) {
  const std::lock_guard guard{mutex_};
  auto node = active_.extract(id);
  if (node.empty())
    return;
  ++revision_;
  // Without the work, whose asker would otherwise wait for it to be forgotten.
  auto rest = std::make_shared<agent_record>(*node.mapped());
  rest->work = nullptr;
  ended_.push_back(std::move(rest));
  if (ended_.size() > most_kept)
    ended_.pop_front();
}

std::vector<std::shared_ptr<published<agent_view>>> agent_table::views() const {
  const std::lock_guard guard{mutex_};
  std::vector<std::shared_ptr<published<agent_view>>> out;
  for (const auto& x : ended_)
    out.push_back(x->view);
  for (const auto& [id, x] : active_)
    out.push_back(x->view);
  return out;
}

void agent_table::count_end(end_cause why) {
  const std::lock_guard guard{mutex_};
  ++ends_[why];
  ++revision_;
}

std::uint64_t agent_table::revision() const {
  const std::lock_guard guard{mutex_};
  return revision_;
}

std::uint64_t agent_table::started() const {
  const std::lock_guard guard{mutex_};
  return started_;
}

std::vector<std::pair<std::string, std::uint64_t>> agent_table::ends() const {
  const std::lock_guard guard{mutex_};
  std::vector<std::pair<std::string, std::uint64_t>> out;
  for (const auto& [why, n] : ends_)
    out.emplace_back(to_string(why), n);
  return out;
}

}  // namespace closedpaw::sandbox
