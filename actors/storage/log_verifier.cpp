#include "actors/storage/log_verifier.hpp"

#include "actors/storage/proofs_shown.hpp"
#include "actors/storage/store/failures.hpp"
#include "messages/log.hpp"

namespace closedpaw::storage {

namespace {

/// Tens of milliseconds.
constexpr std::size_t entries_in_a_step = 10'000;
constexpr std::chrono::milliseconds first_after{60'000};

class log_verifier_state {
 public:
  static constexpr const char* name = "log_verifier";
  using self_pointer =
      supervision::self_ptr<log_verifier_actor, log_verifier_state>;

  explicit log_verifier_state(self_pointer me) : self_{me} {}
  ~log_verifier_state();

  log_verifier_actor::behavior_type init(log_verifier_args given);

 private:
  using promise = caf::typed_response_promise<audit_proof_payload>;

  caf::result<std::string> on_check() const;
  caf::result<audit_proof_payload> on_verify();
  result<void> begin();
  void go_on();
  void publish(const result<verify_report>& found);
  void schedule(std::chrono::milliseconds after);
  void end(const result<verify_report>& found);

  self_pointer self_;
  log_verifier_args args_;
  std::optional<verification> work_;
  std::vector<promise> waiting_;
  bool scheduled_ = false;
};

log_verifier_state::~log_verifier_state() {
  for (auto& x : waiting_)
    x.deliver(to_error({errc::unavailable,
                        "the log's verifier stopped before it was done; ask "
                        "again, or use closedpaw audit verify",
                        std::chrono::milliseconds{1000},
                        {}}));
}

log_verifier_actor::behavior_type log_verifier_state::init(
    log_verifier_args given) {
  args_ = std::move(given);
  // Soon at first: it may have been altered while nobody ran.
  schedule(first_after);
  return {
      [this](check_atom) { return on_check(); },
      [this](const verify_log&) { return on_verify(); },
      [this](wake_atom) {
        scheduled_ = false;
        if (const auto begun = begin(); !begun)
          publish(begun.error());
      },
      [this](sweep_atom) { go_on(); },
  };
}

// The whole log would take too long: its last part, as at every start.
caf::result<std::string> log_verifier_state::on_check() const {
  const auto size = args_.where->check_newest();
  if (!size)
    return to_error(size.error());
  return "recomputed the newest of " + std::to_string(*size) + " events";
}

caf::result<audit_proof_payload> log_verifier_state::on_verify() {
  if (const auto begun = begin(); !begun)
    return to_error(begun.error());
  waiting_.push_back(self_->make_response_promise<audit_proof_payload>());
  return waiting_.back();
}

result<void> log_verifier_state::begin() {
  if (work_)
    return {};
  auto begun = verification::begin(args_.where->access());
  if (!begun)
    return begun.error();
  work_ = std::move(*begun);
  self_->send(self_, sweep_atom::value);
  return {};
}

void log_verifier_state::schedule(std::chrono::milliseconds after) {
  if (args_.interval.count() > 0 && !std::exchange(scheduled_, true))
    self_->delayed_send(self_, std::min(after, args_.interval),
                        wake_atom::value);
}

void log_verifier_state::publish(const result<verify_report>& found) {
  verification_view view;
  view.at = args_.now();
  if (found) {
    view.events = found->events;
    self_->record_exchange(
        true,
        "recomputed " + std::to_string(found->events - found->cut) + " events",
        *view.at);
  } else if (is_damage(found.error())) {
    view.damage = found.error().message;
    self_->record_exchange(false, view.damage, *view.at);
  } else {
    // It could not be read just now, which says nothing of what it is.
    log::warn("storage", "the audit log was not verified",
              {{"why", found.error().message}});
    return schedule(first_after);
  }
  schedule(args_.interval);
  if (args_.view && !self_->life().where->fenced(self_->life().number))
    args_.view->publish(std::move(view));
}

void log_verifier_state::go_on() {
  if (!work_)
    return;
  const auto over = work_->step(entries_in_a_step);
  if (!over)
    end(over.error());
  else if (*over)
    end(work_->report());
  else
    self_->send(self_, sweep_atom::value);
}

void log_verifier_state::end(const result<verify_report>& found) {
  // A snapshot keeps the store from reusing its pages.
  const auto answer = found ? json_text{to_json(*found)} : json_text{};
  work_.reset();
  publish(found);
  for (auto& x : std::exchange(waiting_, {}))
    if (found)
      x.deliver(audit_proof_payload{audit_proof{answer}});
    else
      x.deliver(to_error(found.error()));
}

}  // namespace

log_verifier_actor spawn_log_verifier(caf::scheduled_actor* parent,
                                      supervision::incarnation life,
                                      bool detached, log_verifier_args args) {
  return supervision::spawn_worker<log_verifier_actor, log_verifier_state>(
      parent, std::move(life), detached,
      [args = std::move(args)](log_verifier_state::self_pointer self) {
        return self->state.init(args);
      });
}

}  // namespace closedpaw::storage
