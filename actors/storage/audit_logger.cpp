#include "actors/storage/audit_logger.hpp"

#include <deque>
#include <utility>

namespace closedpaw::storage {

namespace {

/// Whom to answer for the next so many units of the queue.
struct waiting_sender {
  caf::typed_response_promise<commit_answers> promise;
  std::size_t units = 0;
};

constexpr int most_late_sweeps = 10;

/// Of the store itself, as against one unit.
bool is_trouble(errc code) {
  return code == errc::storage_full || code == errc::storage_failed;
}

/// What the alert AuditSlow counts, too.
constexpr std::chrono::milliseconds slow_commit{250};

struct audit_logger_state {
  using receipt = result<commit_receipt>;
  static constexpr const char* name = "audit_logger";
  using self_pointer =
      supervision::self_ptr<audit_logger_actor, audit_logger_state>;

  explicit audit_logger_state(self_pointer me) : self{me} {}
  ~audit_logger_state();

  audit_logger_actor::behavior_type init(audit_logger_args given);
  caf::result<commit_answers> enqueue(const commit_batch& batch);
  void commit_queue();
  void answer(const std::vector<commit_unit_payload>& batch,
              const std::vector<receipt>& written);
  void prove();
  void begin_sync();
  void finish_sync();
  void synced(const result<void>& done);
  std::optional<failure> settle();
  std::optional<failure> trouble() const;
  void publish();

  self_pointer self;
  audit_logger_args args;
  // What queues until the next commit.
  std::vector<commit_unit_payload> units;
  std::deque<waiting_sender> senders;
  bool commit_scheduled = false;
  bool unsynced = false;
  std::future<result<void>> syncing;
  /// Sweeps that found it under way.
  int late_sweeps = 0;
  /// Why ordinary units are refused, until one, or a proof, succeeds.
  std::optional<failure> commit_trouble;
  std::optional<failure> sync_trouble;
};

audit_logger_state::~audit_logger_state() {
  for (auto& s : senders)
    s.promise.deliver(to_error({errc::outcome_unknown,
                                "the audit logger stopped before it committed",
                                std::chrono::milliseconds{1000},
                                {}}));
}

audit_logger_actor::behavior_type audit_logger_state::init(
    audit_logger_args given) {
  args = std::move(given);
  if (!args.sync)
    args.sync = [where = args.where] { return where->sync(); };
  // An earlier life may have ended between a commit and its sync.
  unsynced = args.mode == durability::async;
  publish();
  // Stopping in order loses nothing that was sent before.
  self->set_exit_handler([this](caf::exit_msg& x) {
    commit_queue();
    finish_sync();
    self->quit(std::move(x.reason));
  });
  self->delayed_send(self, args.sync_interval, sweep_atom::value);
  return {
      [this](check_atom) -> caf::result<std::string> {
        commit_queue();
        // A transaction of its own proves that the disk takes it.
        prove();
        if (auto why = settle())
          return to_error(*why);
        return "committed; " +
               std::to_string(args.where->writer().head().size()) + " events";
      },
      [this](const commit_batch& batch) { return enqueue(batch); },
      [this](barrier_atom) -> caf::result<std::uint64_t> {
        if (auto why = settle())
          return to_error(*why);
        return args.where->writer().head().size();
      },
      [this](commit_atom) { commit_queue(); },
      [this](sweep_atom) {
        settle();
        begin_sync();
        self->delayed_send(self, args.sync_interval, sweep_atom::value);
      },
  };
}

caf::result<commit_answers> audit_logger_state::enqueue(
    const commit_batch& batch) {
  auto promise = self->make_response_promise<commit_answers>();
  units.insert(units.end(), batch.begin(), batch.end());
  senders.push_back({promise, batch.size()});
  // Behind everything that is in the mailbox now: the batch adapts to load.
  if (!std::exchange(commit_scheduled, true))
    self->send(self, commit_atom::value);
  return promise;
}

void audit_logger_state::commit_queue() {
  commit_scheduled = false;
  if (units.empty())
    return;
  const auto batch = std::exchange(units, {});
  // Promises stay in the state until they are kept: should the commit throw,
  // the destructor answers.
  std::vector<const commit_unit*> pointers;
  pointers.reserve(batch.size());
  for (const auto& unit : batch)
    pointers.push_back(&*unit);
  const auto begun = std::chrono::steady_clock::now();
  const auto written = args.where->writer().commit(pointers);
  const auto took = std::chrono::steady_clock::now() - begun;
  if (took > slow_commit)
    self->record_exchange(
        true,
        "a commit took " +
            std::to_string(
                std::chrono::duration_cast<std::chrono::milliseconds>(took)
                    .count()) +
            " ms",
        system_now());
  if (args.committed)
    args.committed({pointers, written, took});
  unsynced = args.mode == durability::async;
  answer(batch, written);
  publish();
}

void audit_logger_state::answer(const std::vector<commit_unit_payload>& batch,
                                const std::vector<receipt>& written) {
  std::optional<failure> refused;
  bool ordinary_taken = false;
  std::size_t next = 0;
  std::deque<commit_answers> answers;
  for (const auto& sender : senders) {
    auto& to_sender = answers.emplace_back(sender.units);
    for (auto& to_unit : to_sender) {
      const auto& done = written[next];
      const auto& unit = *batch[next++];
      if (done) {
        to_unit.receipt = *done;
        ordinary_taken = ordinary_taken || !unit.may_use_reserve;
        continue;
      }
      to_unit.refused = done.error();
      if (is_trouble(done.error().code))
        refused = done.error();
    }
  }
  for (; !senders.empty(); senders.pop_front(), answers.pop_front())
    senders.front().promise.deliver(std::move(answers.front()));
  // What the reserve took proves nothing about the rest.
  if (refused || ordinary_taken)
    commit_trouble = refused;
}

void audit_logger_state::prove() {
  const auto done = args.where->writer().prove();
  commit_trouble = done ? std::nullopt : std::optional{done.error()};
  publish();
}

void audit_logger_state::begin_sync() {
  if (syncing.valid()) {
    if (syncing.wait_for(std::chrono::seconds{0}) ==
        std::future_status::timeout) {
      // From the next sweep on settle() waits for it, and the watchdog for us.
      if (++late_sweeps >= most_late_sweeps)
        sync_trouble =
            failure{errc::storage_failed,
                    "the disk has not taken the audit log for " +
                        std::to_string(late_sweeps) + " intervals of its sync",
                    {},
                    {}};
      return publish();
    }
    synced(syncing.get());
  }
  if (!std::exchange(unsynced, false))
    return;
  syncing = std::async(args.sync_policy, args.sync);
}

void audit_logger_state::finish_sync() {
  if (syncing.valid())
    synced(syncing.get());
  if (std::exchange(unsynced, false))
    synced(args.sync());
}

void audit_logger_state::synced(const result<void>& done) {
  late_sweeps = 0;
  unsynced = unsynced || !done;
  sync_trouble = done ? std::nullopt : std::optional{done.error()};
  publish();
}

// Trouble may be over by now: nobody is to wait for a client to find out.
std::optional<failure> audit_logger_state::settle() {
  commit_queue();
  if (commit_trouble)
    prove();
  if (sync_trouble)
    finish_sync();
  return trouble();
}

std::optional<failure> audit_logger_state::trouble() const {
  return commit_trouble ? commit_trouble : sync_trouble;
}

void audit_logger_state::publish() {
  // Only when something is to be seen: each publication makes status render
  // anew, and events are counted in every commit.
  const auto shown = args.view->get();
  const auto why = trouble();
  if (shown->refusing != why)
    self->record_exchange(!why, why ? why->message : "committed", system_now());
  if (shown->refusing != why || args.view->stale_since())
    args.view->publish({why});
}

}  // namespace

audit_logger_actor spawn_audit_logger(caf::scheduled_actor* parent,
                                      supervision::incarnation life,
                                      bool detached, audit_logger_args args) {
  return supervision::spawn_worker<audit_logger_actor, audit_logger_state>(
      parent, std::move(life), detached,
      [args = std::move(args)](audit_logger_state::self_pointer self) {
        return self->state.init(args);
      });
}

}  // namespace closedpaw::storage
