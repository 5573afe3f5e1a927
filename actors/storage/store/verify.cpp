#include "actors/storage/store/verify.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "actors/storage/store/cut.hpp"
#include "actors/storage/store/failures.hpp"
#include "actors/storage/store/open_check.hpp"
#include "actors/storage/store/records.hpp"
#include "messages/model/audit_event.hpp"

namespace closedpaw::storage {

namespace {

std::string event_name(std::uint64_t sequence) {
  return "audit event " + std::to_string(sequence);
}

}  // namespace

/// Checks the log in one pass, oldest event first.
class log_check {
 public:
  log_check(const transaction& txn, const databases& dbs)
      : txn_{txn}, dbs_{dbs} {}

  /// What was cut is there as the nodes over its blocks.
  result<void> begin() {
    const auto cut = read_cut(txn_, dbs_);
    if (!cut)
      return cut.error();
    cut_ = *cut;
    audit::compact_range blocks;
    for (std::uint64_t block = 0; block < cut_ / block_size; ++block)
      if (auto ok = add_block(blocks, block); !ok)
        return ok;
    log_.tree = *audit::compact_range::from_peaks(cut_, blocks.peak_bytes());
    return {};
  }

  result<void> add(const entry& stored) {
    const auto sequence = read_u64(stored.key);
    if (sequence != log_.size())
      return damaged(event_name(log_.size()) + " is missing");
    auto leaf = checked_leaf(sequence, stored.value);
    if (!leaf)
      return leaf.error();
    const auto bytes = audit_record::parse(stored.value)->bytes;
    bytes_ += bytes.size();
    auto event = audit_event_from_bytes(bytes);
    if (!event)
      return damaged(event_name(sequence) +
                     " is not readable: " + event.error().message);
    if (event->time < log_.last_time)
      return damaged(event_name(sequence) + " is older than the one before");
    log_.last_time = event->time;
    note_cut(*event);
    if (auto ok = check_index(sequence, event->action_id); !ok)
      return ok;
    return add_leaf(*leaf);
  }

  result<void> finish(verify_report& report) {
    auto head = read_head(txn_, dbs_);
    if (!head)
      return head.error();
    if (!(*head == log_))
      return damaged("the audit log has " + std::to_string(log_.size()) +
                     " events with root " + to_hex(log_.tree.root()) +
                     " and its head says " + std::to_string(head->size()) +
                     " with " + to_hex(head->tree.root()));
    if (said_cut_ != cut_)
      return damaged("the audit log begins at event " + std::to_string(cut_) +
                     ", and says itself that it was cut to begin at event " +
                     std::to_string(said_cut_));
    if (run_left_ != 0)
      return damaged("the row of action " + to_string(run_id_) +
                     " names events behind the newest");
    if (auto ok = check_count(dbs_.nodes, nodes_, "nodes of the tree"); !ok)
      return ok;
    report.events = log_.size();
    report.cut = cut_;
    report.bytes = bytes_;
    report.nodes = nodes_;
    report.runs = runs_;
    report.root = to_hex(log_.tree.root());
    report.last_time = log_.last_time;
    return {};
  }

 private:
  void note_cut(const audit_event& event) {
    if (event.actor != cut_actor || event.status != cut_status)
      return;
    const auto details = event.details.value();
    if (details.is_object())
      said_cut_ = details.value("first_kept", std::uint64_t{0});
  }

  result<void> add_block(audit::compact_range& blocks, std::uint64_t block) {
    auto value = txn_.find(dbs_.nodes, node_key(lowest_stored_level, block));
    if (!value)
      return value.error();
    hash256 hash{};
    if (value->value_or(std::string_view{}).size() != hash.size())
      return damaged("node " + std::to_string(block) + " of level " +
                     std::to_string(lowest_stored_level) +
                     " of the audit log's tree is missing");
    std::ranges::copy(**value, hash.begin());
    ++nodes_;
    result<void> ok;
    blocks.append(hash, [&](std::uint8_t level, std::uint64_t index,
                            const hash256& expected) {
      const auto stored =
          static_cast<std::uint8_t>(level + lowest_stored_level);
      if (ok)
        ok = check_node(txn_, dbs_, stored, index, expected);
      ++nodes_;
    });
    return ok;
  }

  result<void> add_leaf(const hash256& leaf) {
    result<void> ok;
    log_.tree.append(leaf, [&](std::uint8_t level, std::uint64_t index,
                               const hash256& hash) {
      if (!ok || level < lowest_stored_level)
        return;
      ok = check_node(txn_, dbs_, level, index, hash);
      ++nodes_;
    });
    return ok;
  }

  /// Every event of an action is in the one run of its row that covers it.
  result<void> check_index(std::uint64_t sequence, const uuid& id) {
    if (run_left_ != 0) {
      --run_left_;
      if (id != run_id_)
        return damaged("the row of action " + to_string(run_id_) + " claims " +
                       event_name(sequence));
      return {};
    }
    if (id.is_nil())
      return {};
    auto value = txn_.find(dbs_.actions, view_of(id));
    if (!value)
      return value.error();
    const auto row = row_record::parse(value->value_or(std::string_view{}));
    for (std::size_t i = 0; row && i < row->run_count(); ++i)
      if (const auto run = row->run(i); begins(run, sequence)) {
        run_id_ = id;
        run_left_ = static_cast<unsigned>(run.end() - sequence - 1);
        ++runs_;
        return {};
      }
    return damaged("the row of action " + to_string(id) + " lacks " +
                   event_name(sequence));
  }

  /// Of one that was cut in two the rest.
  bool begins(const event_run& run, std::uint64_t sequence) const {
    return sequence < run.end() && std::max(run.first, cut_) == sequence;
  }

  result<void> check_count(database db, std::uint64_t expected,
                           const char* what) {
    auto found = txn_.count(db);
    if (!found)
      return found.error();
    if (*found != expected)
      return damaged("there are " + std::to_string(*found) + ' ' + what +
                     " and should be " + std::to_string(expected));
    return {};
  }

  const transaction& txn_;
  const databases& dbs_;
  audit::log_head log_;
  std::uint64_t cut_ = 0;
  /// By the newest event that tells.
  std::uint64_t said_cut_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t nodes_ = 0;
  std::uint64_t runs_ = 0;
  uuid run_id_;
  unsigned run_left_ = 0;
};

namespace {

result<void> check_row(const transaction& txn, const databases& dbs,
                       const entry& stored, verify_report& report) {
  if (stored.key.size() != 16)
    return damaged("an action has a key that is no id");
  const auto name = "action " + to_string(uuid_from(stored.key));
  const auto row = row_record::parse(stored.value);
  if (!row)
    return damaged("the row of " + name + " is not readable");
  auto x = action_from_bytes(row->bytes);
  if (!x)
    return damaged("the row of " + name +
                   " is not readable: " + x.error().message);
  if (view_of(x->id) != stored.key || x->version != row->version ||
      x->status != row->status)
    return damaged("the row of " + name + " contradicts its head");
  for (std::size_t i = 0; i < row->run_count(); ++i)
    if (row->run(i).end() > report.events)
      return damaged("the row of " + name + " names an event that is missing");
  for (std::size_t i = 0; i < row->run_count(); ++i)
    report.runs_of_rows += row->run(i).end() > report.cut ? 1 : 0;
  auto listed = txn.find(dbs.open_actions, stored.key);
  if (!listed)
    return listed.error();
  const bool open = !is_terminal(x->status);
  if (open != listed->has_value())
    return damaged(name + " is " + std::string{to_string(x->status)} +
                   (open ? " and not listed as open" : " and listed as open"));
  ++report.actions;
  report.open_actions += open ? 1 : 0;
  return {};
}

result<void> finish_actions(const transaction& txn, const databases& dbs,
                            const verify_report& report) {
  auto listed = txn.count(dbs.open_actions);
  if (!listed)
    return listed.error();
  if (*listed != report.open_actions)
    return damaged("an action is listed as open that has no row");
  if (report.runs_of_rows != report.runs)
    return damaged("a row names events that are not of its action");
  return {};
}

}  // namespace

struct verification::work {
  work(read_transaction snapshot, const databases& handles)
      : txn{std::move(snapshot)}, dbs{handles}, log{txn, dbs} {}

  /// The cursor goes over what is checked now, from its beginning.
  result<void> go_over(database db) {
    auto opened = cursor::open(txn, db);
    if (!opened)
      return opened.error();
    at.emplace(std::move(*opened));
    fresh = true;
    return {};
  }

  result<void> look_at(const entry& x) {
    return in_log ? log.add(x) : check_row(txn, dbs, x, report);
  }

  /// True when nothing is left.
  result<bool> next_part() {
    if (!in_log) {
      if (auto ok = finish_actions(txn, dbs, report); !ok)
        return ok.error();
      return true;
    }
    in_log = false;
    if (auto ok = log.finish(report); !ok)
      return ok.error();
    if (auto ok = go_over(dbs.actions); !ok)
      return ok.error();
    return false;
  }

  read_transaction txn;
  databases dbs;
  log_check log;
  verify_report report;
  std::optional<cursor> at;
  bool in_log = true;
  bool fresh = true;
};

verification::verification(std::unique_ptr<work> w) : work_{std::move(w)} {}
verification::verification(verification&&) noexcept = default;
verification& verification::operator=(verification&&) noexcept = default;
verification::~verification() = default;

result<verification> verification::begin(read_access store) {
  auto txn = read_transaction::begin(store.env);
  if (!txn)
    return txn.error();
  auto w = std::make_unique<work>(std::move(*txn), store.dbs);
  if (auto ok = w->log.begin(); !ok)
    return ok.error();
  if (auto ok = w->go_over(store.dbs.audit); !ok)
    return ok.error();
  return verification{std::move(w)};
}

result<bool> verification::step(std::size_t entries) {
  auto& w = *work_;
  for (; entries > 0; --entries) {
    auto found = std::exchange(w.fresh, false) ? w.at->first() : w.at->next();
    if (!found)
      return found.error();
    if (*found) {
      if (auto ok = w.look_at(**found); !ok)
        return ok.error();
      continue;
    }
    if (auto over = w.next_part(); !over || *over)
      return over;
  }
  return false;
}

const verify_report& verification::report() const {
  return work_->report;
}

result<verify_report> verify(read_access store) {
  auto all = verification::begin(store);
  if (!all)
    return all.error();
  if (auto done = all->step(std::numeric_limits<std::size_t>::max()); !done)
    return done.error();
  return all->report();
}

}  // namespace closedpaw::storage
