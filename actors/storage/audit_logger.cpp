#include "actors/storage/audit_logger.hpp"

namespace closedpaw::storage {

namespace {

using receipt_promise = caf::typed_response_promise<commit_receipt>;

struct audit_logger_state {
  static constexpr const char* name = "audit_logger";
  using self_pointer =
      supervision::self_ptr<audit_logger_actor, audit_logger_state>;

  explicit audit_logger_state(self_pointer me) : self{me} {}
  ~audit_logger_state();

  audit_logger_actor::behavior_type init(audit_logger_args given);
  caf::result<commit_receipt> enqueue(const commit_unit_payload& unit);
  void commit_queue();
  void prove();
  void sync();
  std::optional<failure> settle();
  std::optional<failure> trouble() const;
  void publish();

  self_pointer self;
  audit_logger_args args;
  // What queues until the next commit; one entry each.
  std::vector<std::shared_ptr<const commit_unit>> units;
  std::vector<receipt_promise> promises;
  bool commit_scheduled = false;
  bool unsynced = false;
  /// Why ordinary units are refused, until one, or a proof, succeeds.
  std::optional<failure> commit_trouble;
  std::optional<failure> sync_trouble;
};

audit_logger_state::~audit_logger_state() {
  for (auto& p : promises)
    p.deliver(to_error({errc::outcome_unknown,
                        "the audit logger stopped before it committed",
                        std::chrono::milliseconds{1000},
                        {}}));
}

audit_logger_actor::behavior_type audit_logger_state::init(
    audit_logger_args given) {
  args = given;
  // An earlier life may have ended between a commit and its sync.
  unsynced = args.mode == durability::async;
  publish();
  // Stopping in order loses nothing that was sent before.
  self->set_exit_handler([this](caf::exit_msg& x) {
    commit_queue();
    sync();
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
      [this](const commit_unit_payload& unit) { return enqueue(unit); },
      [this](barrier_atom) -> caf::result<std::uint64_t> {
        if (auto why = settle())
          return to_error(*why);
        return args.where->writer().head().size();
      },
      [this](commit_atom) { commit_queue(); },
      [this](sweep_atom) {
        settle();
        sync();
        self->delayed_send(self, args.sync_interval, sweep_atom::value);
      },
  };
}

caf::result<commit_receipt> audit_logger_state::enqueue(
    const commit_unit_payload& unit) {
  auto promise = self->make_response_promise<commit_receipt>();
  units.push_back(unit.share());
  promises.push_back(promise);
  // Behind everything that is in the mailbox now: the batch adapts to load.
  if (!std::exchange(commit_scheduled, true))
    self->send(self, commit_atom::value);
  return promise;
}

void audit_logger_state::commit_queue() {
  commit_scheduled = false;
  if (units.empty())
    return;
  auto batch = std::exchange(units, {});
  // Promises stay in the state until they are kept: should the commit throw,
  // the destructor answers.
  std::vector<const commit_unit*> pointers;
  pointers.reserve(batch.size());
  for (const auto& unit : batch)
    pointers.push_back(unit.get());
  const auto answers = args.where->writer().commit(pointers);
  auto waiting = std::exchange(promises, {});
  std::optional<failure> refused;
  bool ordinary_taken = false;
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    if (answers[i]) {
      ordinary_taken = ordinary_taken || !batch[i]->may_use_reserve;
      waiting[i].deliver(*answers[i]);
      continue;
    }
    const auto& why = answers[i].error();
    if (why.code == errc::storage_full || why.code == errc::storage_failed)
      refused = why;
    waiting[i].deliver(to_error(why));
  }
  unsynced = args.mode == durability::async;
  // What the reserve took proves nothing about the rest.
  if (refused || ordinary_taken)
    commit_trouble = refused;
  publish();
}

void audit_logger_state::prove() {
  const auto done = args.where->writer().prove();
  commit_trouble = done ? std::nullopt : std::optional{done.error()};
  publish();
}

void audit_logger_state::sync() {
  if (!unsynced)
    return;
  const auto done = args.where->sync();
  unsynced = !done;
  sync_trouble = done ? std::nullopt : std::optional{done.error()};
  publish();
}

// Trouble may be over by now: nobody is to wait for a client to find out.
std::optional<failure> audit_logger_state::settle() {
  commit_queue();
  if (commit_trouble)
    prove();
  if (sync_trouble)
    sync();
  return trouble();
}

std::optional<failure> audit_logger_state::trouble() const {
  return commit_trouble ? commit_trouble : sync_trouble;
}

void audit_logger_state::publish() {
  // Only when something is to be seen: each publication makes status render
  // anew, and events are counted in every commit.
  const auto shown = args.view->get();
  if (shown->refusing != trouble() || args.view->stale_since())
    args.view->publish({trouble()});
}

}  // namespace

audit_logger_actor spawn_audit_logger(caf::scheduled_actor* parent,
                                      supervision::incarnation life,
                                      bool detached, audit_logger_args args) {
  return supervision::spawn_worker<audit_logger_actor, audit_logger_state>(
      parent, std::move(life), detached,
      [args](audit_logger_state::self_pointer self) {
        return self->state.init(args);
      });
}

}  // namespace closedpaw::storage
