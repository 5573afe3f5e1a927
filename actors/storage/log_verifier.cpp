#include "actors/storage/log_verifier.hpp"

#include "actors/storage/proofs_shown.hpp"

namespace closedpaw::storage {

namespace {

/// Tens of milliseconds.
constexpr std::size_t entries_in_a_step = 10'000;

class log_verifier_state {
 public:
  static constexpr const char* name = "log_verifier";
  using self_pointer =
      supervision::self_ptr<log_verifier_actor, log_verifier_state>;

  explicit log_verifier_state(self_pointer me) : self_{me} {}
  ~log_verifier_state();

  log_verifier_actor::behavior_type init(const store* where);

 private:
  using promise = caf::typed_response_promise<audit_proof_payload>;

  caf::result<std::string> on_check() const;
  caf::result<audit_proof_payload> on_verify();
  void go_on();
  void end(const result<verify_report>& found);

  self_pointer self_;
  const store* where_ = nullptr;
  std::optional<verification> work_;
  std::vector<promise> waiting_;
};

log_verifier_state::~log_verifier_state() {
  for (auto& x : waiting_)
    x.deliver(to_error({errc::unavailable,
                        "the log's verifier stopped before it was done; ask "
                        "again, or use closedpaw audit verify",
                        std::chrono::milliseconds{1000},
                        {}}));
}

log_verifier_actor::behavior_type log_verifier_state::init(const store* where) {
  where_ = where;
  return {
      [this](check_atom) { return on_check(); },
      [this](const verify_log&) { return on_verify(); },
      [this](sweep_atom) { go_on(); },
  };
}

// The whole log would take too long: its last part, as at every start.
caf::result<std::string> log_verifier_state::on_check() const {
  const auto size = where_->check_newest();
  if (!size)
    return to_error(size.error());
  return "recomputed the newest of " + std::to_string(*size) + " events";
}

caf::result<audit_proof_payload> log_verifier_state::on_verify() {
  if (!work_) {
    auto begun = verification::begin(where_->access());
    if (!begun)
      return to_error(begun.error());
    work_ = std::move(*begun);
    self_->send(self_, sweep_atom::value);
  }
  waiting_.push_back(self_->make_response_promise<audit_proof_payload>());
  return waiting_.back();
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
  for (auto& x : std::exchange(waiting_, {}))
    if (found)
      x.deliver(audit_proof_payload{audit_proof{answer}});
    else
      x.deliver(to_error(found.error()));
}

}  // namespace

log_verifier_actor spawn_log_verifier(caf::scheduled_actor* parent,
                                      supervision::incarnation life,
                                      bool detached, const store* where) {
  return supervision::spawn_worker<log_verifier_actor, log_verifier_state>(
      parent, std::move(life), detached,
      [where](log_verifier_state::self_pointer self) {
        return self->state.init(where);
      });
}

}  // namespace closedpaw::storage
