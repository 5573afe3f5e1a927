#include "actors/storage/log_retention.hpp"

#include "messages/log.hpp"

namespace closedpaw::storage {

namespace {

constexpr std::chrono::seconds longest_commit{60};

class log_retention_state {
 public:
  static constexpr const char* name = "log_retention";
  using self_pointer =
      supervision::self_ptr<log_retention_actor, log_retention_state>;

  explicit log_retention_state(self_pointer me) : self_{me} {}

  log_retention_actor::behavior_type init(log_retention_args given);

 private:
  result<retention_view> look() const {
    return look_for_cut(*args_.where, args_.limits(), args_.anchored(),
                        args_.now());
  }
  caf::result<std::string> on_check() const;
  void sweep();
  void cut(const retention_limits& limits, const retention_view& seen,
           std::uint64_t first_kept);
  void rest(const std::optional<failure>& why);

  self_pointer self_;
  log_retention_args args_;
};

log_retention_actor::behavior_type log_retention_state::init(
    log_retention_args given) {
  args_ = std::move(given);
  self_->delayed_send(self_, args_.interval, sweep_atom::value);
  return {
      [this](check_atom) { return on_check(); },
      [this](sweep_atom) { sweep(); },
  };
}

caf::result<std::string> log_retention_state::on_check() const {
  const auto seen = look();
  if (!seen)
    return to_error(seen.error());
  return "the log begins at event " + std::to_string(seen->first_kept) +
         " of " + std::to_string(seen->size);
}

void log_retention_state::sweep() {
  if (const auto dead = args_.where->clear_stale_readers(); !dead)
    return rest(dead.error());
  const auto limits = args_.limits();
  if (limits == retention_limits{})
    return rest({});
  const auto seen = look();
  if (!seen)
    return rest(seen.error());
  if (const auto first_kept = next_cut(limits, *seen))
    cut(limits, *seen, *first_kept);
  else
    rest({});
}

// Part after part, as long as there is more to cut.
void log_retention_state::cut(const retention_limits& limits,
                              const retention_view& seen,
                              std::uint64_t first_kept) {
  const auto logger = args_.logger->get();
  if (!logger)
    return rest(args_.logger->unavailable(args_.now()));
  self_
      ->request(*logger, longest_commit,
                commit_batch{commit_unit_payload{
                    cut_unit(limits, seen, first_kept, args_.now())}})
      .then(
          [=, this](const commit_answers& answers) {
            if (const auto& why = answers.at(0).refused)
              return rest(*why);
            self_->record_exchange(
                true,
                "cut the log: it begins at event " + std::to_string(first_kept),
                args_.now());
            self_->send(self_, sweep_atom::value);
          },
          [=, this](const caf::error& e) { rest(to_failure(e)); });
}

void log_retention_state::rest(const std::optional<failure>& why) {
  if (why) {
    self_->record_exchange(false, why->message, args_.now());
    log::warn("storage", "the audit log could not be cut",
              {{"why", why->message}});
  }
  self_->delayed_send(self_, args_.interval, sweep_atom::value);
}

}  // namespace

log_retention_actor spawn_log_retention(caf::scheduled_actor* parent,
                                        supervision::incarnation life,
                                        log_retention_args args) {
  return supervision::spawn_worker<log_retention_actor, log_retention_state>(
      parent, std::move(life), false,
      [args = std::move(args)](log_retention_state::self_pointer self) {
        return self->state.init(args);
      });
}

}  // namespace closedpaw::storage
