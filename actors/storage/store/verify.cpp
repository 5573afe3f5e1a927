#include "actors/storage/store/verify.hpp"

#include "actors/storage/store/failures.hpp"
#include "actors/storage/store/open_check.hpp"
#include "actors/storage/store/records.hpp"
#include "messages/model/audit_event.hpp"

namespace closedpaw::storage {

namespace {

std::string event_name(std::uint64_t sequence) {
  return "audit event " + std::to_string(sequence);
}

/// Checks the log in one pass, oldest event first.
class log_check {
 public:
  log_check(const transaction& txn, const databases& dbs)
      : txn_{txn}, dbs_{dbs} {}

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
    if (run_left_ != 0)
      return damaged("the row of action " + to_string(run_id_) +
                     " names events behind the newest");
    if (auto ok = check_count(dbs_.nodes, nodes_, "nodes of the tree"); !ok)
      return ok;
    report.events = log_.size();
    report.bytes = bytes_;
    report.nodes = nodes_;
    report.runs = runs_;
    report.root = to_hex(log_.tree.root());
    report.last_time = log_.last_time;
    return {};
  }

 private:
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
      if (const auto run = row->run(i);
          run.first == sequence && run.count != 0) {
        run_id_ = id;
        run_left_ = run.count - 1u;
        ++runs_;
        return {};
      }
    return damaged("the row of action " + to_string(id) + " lacks " +
                   event_name(sequence));
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
  std::uint64_t bytes_ = 0;
  std::uint64_t nodes_ = 0;
  std::uint64_t runs_ = 0;
  uuid run_id_;
  unsigned run_left_ = 0;
};

using stop_request = std::function<bool()>;

/// One look at the request for many entries.
std::optional<failure> stopped(const stop_request& stopping, std::uint64_t n) {
  if (n % 1024 != 0 || !stopping || !stopping())
    return std::nullopt;
  return failure{
      errc::cancelled, "the check was ended before it was done", {}, {}};
}

result<void> check_log(const transaction& txn, const databases& dbs,
                       const stop_request& stopping, verify_report& report) {
  auto at = cursor::open(txn, dbs.audit);
  if (!at)
    return at.error();
  log_check check{txn, dbs};
  auto found = at->first();
  for (std::uint64_t n = 0; found && *found; found = at->next()) {
    if (auto why = stopped(stopping, ++n))
      return *why;
    if (auto ok = check.add(**found); !ok)
      return ok;
  }
  if (!found)
    return found.error();
  return check.finish(report);
}

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
  report.runs_of_rows += row->run_count();
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

result<void> check_actions(const transaction& txn, const databases& dbs,
                           const stop_request& stopping,
                           verify_report& report) {
  auto at = cursor::open(txn, dbs.actions);
  if (!at)
    return at.error();
  auto found = at->first();
  for (; found && *found; found = at->next()) {
    if (auto why = stopped(stopping, report.actions + 1))
      return *why;
    if (auto ok = check_row(txn, dbs, **found, report); !ok)
      return ok;
  }
  if (!found)
    return found.error();
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

result<verify_report> verify(read_access store, const stop_request& stopping) {
  auto txn = read_transaction::begin(store.env);
  if (!txn)
    return txn.error();
  verify_report report;
  auto ok = check_log(*txn, store.dbs, stopping, report);
  if (ok)
    ok = check_actions(*txn, store.dbs, stopping, report);
  if (!ok)
    return ok.error();
  return report;
}

}  // namespace closedpaw::storage
