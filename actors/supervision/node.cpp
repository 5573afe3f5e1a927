#include "actors/supervision/node.hpp"

#include <utility>

#include "messages/model/redaction.hpp"

namespace closedpaw::supervision {

using std::chrono::milliseconds;

node::node(tree& owner, node* parent, std::string id, node_type type)
    : tree_{owner},
      parent_{parent},
      id_{std::move(id)},
      path_{parent ? parent->path() + '/' + id_ : id_},
      type_{type} {
  // nop
}

void node::describe(restart_kind restart,
                    std::optional<restart_strategy> strategy) {
  std::lock_guard guard{mutex_};
  restart_ = restart;
  strategy_ = strategy;
}

void node::set_hang_after(milliseconds limit) {
  hang_after_ms_.store(limit.count(), std::memory_order_relaxed);
}

std::shared_ptr<actor_stats> node::begin_incarnation(timestamp now) {
  auto fresh = std::make_shared<actor_stats>();
  std::lock_guard guard{mutex_};
  incarnation_.fetch_add(1, std::memory_order_acq_rel);
  stats_ = fresh;
  incarnation_since_ = now;
  return fresh;
}

void node::fence() {
  std::lock_guard guard{mutex_};
  incarnation_.fetch_add(1, std::memory_order_acq_rel);
  stats_.reset();
}

void node::set_state(node_state s, timestamp now, std::string why) {
  {
    std::lock_guard guard{mutex_};
    if (state_.exchange(s, std::memory_order_acq_rel) == s)
      return;
    state_since_ = now;
  }
  if (tree_.on_change_)
    tree_.on_change_({path_, s, redact(std::move(why)), restarts_.load(), now});
}

void node::set_policy(restart_policy x) {
  std::lock_guard guard{mutex_};
  policy_ = std::move(x);
}

void node::count_restart() {
  restarts_.fetch_add(1, std::memory_order_relaxed);
}

void node::count_ineffective() {
  ineffective_.fetch_add(1, std::memory_order_relaxed);
}

void node::set_exit(exit_record x) {
  x.reason = redact(std::move(x.reason));
  std::lock_guard guard{mutex_};
  last_exit_ = std::move(x);
}

void node::set_next_attempt(std::optional<timestamp> at) {
  std::lock_guard guard{mutex_};
  next_attempt_ = at;
}

void node::set_recovery(milliseconds x) {
  std::lock_guard guard{mutex_};
  last_recovery_ = x;
}

void node::on_hung(std::function<void(std::uint64_t)> f) {
  std::lock_guard guard{mutex_};
  on_hung_ = std::move(f);
}

void node::record_exchange(bool ok, std::string detail, timestamp now) {
  detail = redact(std::move(detail));
  std::lock_guard guard{mutex_};
  last_exchange_ = exchange_record{now, ok, std::move(detail)};
}

std::optional<timestamp> node::next_attempt() const {
  std::lock_guard guard{mutex_};
  return next_attempt_;
}

std::optional<exit_record> node::last_exit() const {
  std::lock_guard guard{mutex_};
  return last_exit_;
}

std::shared_ptr<actor_stats> node::stats() const {
  std::lock_guard guard{mutex_};
  return stats_;
}

std::pair<std::uint64_t, std::shared_ptr<actor_stats>> node::current() const {
  std::lock_guard guard{mutex_};
  return {incarnation(), stats_};
}

milliseconds node::hang_after() const {
  return milliseconds{hang_after_ms_.load(std::memory_order_relaxed)};
}

void node::report_hung(std::uint64_t incarnation) const {
  std::function<void(std::uint64_t)> f;
  {
    std::lock_guard guard{mutex_};
    f = on_hung_;
  }
  if (f)
    f(incarnation);
}

std::vector<std::shared_ptr<node>> node::children() const {
  std::lock_guard guard{mutex_};
  return children_;
}

node_snapshot node::snapshot(actor_stats::ns steady, timestamp now) const {
  node_snapshot out;
  out.id = id_;
  out.path = path_;
  out.type = type_;
  std::shared_ptr<actor_stats> stats;
  {
    std::lock_guard guard{mutex_};
    out.state = state();
    out.state_since = state_since_;
    out.restart = restart_;
    out.strategy = strategy_;
    out.intensity = {
        policy_.used(monotonic_time{std::chrono::nanoseconds{steady}}),
        policy_.limits().intensity, policy_.limits().period};
    out.last_exit = last_exit_;
    out.next_attempt = next_attempt_;
    out.last_recovery = last_recovery_;
    out.last_exchange = last_exchange_;
    if (out.state != node_state::stopped && out.state != node_state::backoff &&
        out.state != node_state::failed)
      out.uptime =
          std::chrono::duration_cast<milliseconds>(now - incarnation_since_);
    stats = stats_;
  }
  out.restarts = restarts_.load(std::memory_order_relaxed);
  out.ineffective_restarts = ineffective_.load(std::memory_order_relaxed);
  out.incarnation = incarnation();
  if (stats) {
    out.mailbox = stats->mailbox(steady);
    out.messages = stats->messages();
    out.busy = stats->busy(steady);
    out.handler = stats->handler(steady);
  }
  for (const auto& c : children())
    out.children.push_back(c->snapshot(steady, now));
  return out;
}

tree::tree(listener on_change)
    : on_change_{std::move(on_change)},
      root_{std::make_shared<node>(*this, nullptr, "root",
                                   node_type::supervisor)} {
  // nop
}

std::shared_ptr<node> tree::child(const std::shared_ptr<node>& parent,
                                  const std::string& id, node_type type) {
  std::lock_guard guard{parent->mutex_};
  for (const auto& c : parent->children_)
    if (c->id() == id)
      return c;
  auto fresh = std::make_shared<node>(*this, parent.get(), id, type);
  parent->children_.push_back(fresh);
  return fresh;
}

void tree::remove(const std::shared_ptr<node>& parent, const std::string& id) {
  std::lock_guard guard{parent->mutex_};
  std::erase_if(parent->children_,
                [&](const auto& c) { return c->id() == id; });
}

std::shared_ptr<node> tree::find(std::string_view path) const {
  std::shared_ptr<node> found;
  visit([&](const std::shared_ptr<node>& n) {
    if (n->path() == path)
      found = n;
  });
  return found;
}

node_snapshot tree::snapshot(actor_stats::ns steady, timestamp now) const {
  return root_->snapshot(steady, now);
}

void tree::visit(
    const std::function<void(const std::shared_ptr<node>&)>& f) const {
  std::vector<std::shared_ptr<node>> pending{root_};
  while (!pending.empty()) {
    auto n = std::move(pending.back());
    pending.pop_back();
    f(n);
    auto children = n->children();
    pending.insert(pending.end(), children.rbegin(), children.rend());
  }
}

}  // namespace closedpaw::supervision
