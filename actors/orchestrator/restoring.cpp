#include "actors/orchestrator/orchestrator_state.hpp"

namespace closedpaw::orchestrator {

caf::result<std::string> orchestrator_state::on_check() {
  if (!ready_) {
    waiting_checks_.push_back(self_->make_response_promise<std::string>());
    return waiting_checks_.back();
  }
  // The barrier is behind everything that was asked for before.
  send_outbox();
  auto handle = args_.logger->get();
  if (!handle)
    return to_error(args_.logger->unavailable(now()));
  auto promise = self_->make_response_promise<std::string>();
  const auto key = wait_for_answer(
      [=](failure f) mutable { promise.deliver(to_error(std::move(f))); });
  self_->request(*handle, caf::infinite, barrier_atom::value)
      .then(
          [=, this](std::uint64_t events) mutable {
            in_flight_.erase(key);
            promise.deliver("the audit log confirmed " +
                            std::to_string(events) + " events");
          },
          [=, this](const caf::error& e) {
            in_flight_.extract(key).mapped().refused(to_failure(e));
          });
  return promise;
}

// Units of an earlier life may still queue at the logger: only after those are
// committed does the store say what there is.
void orchestrator_state::restore() {
  auto logger = args_.logger->get();
  auto reader = args_.reader->get();
  if (restoring_ || ready_)
    return;
  if (!logger || !reader) {
    restore_later();
    return;
  }
  restoring_ = true;
  restore_life_.reset();
  auto failed = [this](const caf::error& e) {
    restoring_ = false;
    restore_trouble_ = to_failure(e).message;
  };
  self_->request(*logger, caf::infinite, barrier_atom::value)
      .then(
          [=, this, store = *reader,
           life = args_.reader->incarnation()](std::uint64_t) {
            restore_life_ = life;
            self_->request(store, caf::infinite, restore_atom::value)
                .then(
                    [this](const restored_state_payload& stored) {
                      restored(*stored);
                    },
                    failed);
          },
          failed);
}

// All start at once, so that storage is there in a moment; or it is down, which
// may take long.
void orchestrator_state::restore_later() {
  constexpr std::chrono::milliseconds longest{256};
  if (std::exchange(restore_scheduled_, true))
    return;
  self_->delayed_send(self_, restore_delay_, restore_atom::value);
  restore_delay_ = std::min(restore_delay_ * 2, longest);
}

// A reader that hung was replaced with our question in its mailbox.
void orchestrator_state::restore_again_if_abandoned() {
  if (!restoring_ || !restore_life_ ||
      *restore_life_ == args_.reader->incarnation())
    return;
  restoring_ = false;
  restore_trouble_ = args_.reader->replaced().message;
}

// A value that no longer fits (a provider that is gone) is left out; loading
// the configuration has warned about it.
void orchestrator_state::take_registry(const restored_state& stored) {
  take_providers(stored);
  for (const auto& [key, text] : stored.registry) {
    if (key == mode_key) {
      const auto row = parse_json(text);
      const bool known = row && mode_from(*row).mode == operating_mode::panic;
      panic_unrecorded_ = panic_unrecorded_ && !known;
    }
    if (!key.starts_with(settings_prefix) && !key.starts_with(skills_prefix))
      continue;
    auto value = parse_json(text);
    if (!value)
      continue;
    if (key.starts_with(settings_prefix)) {
      args_.settings->stored(key.substr(settings_prefix.size()), *value);
    } else {
      take_skill_row(key.substr(skills_prefix.size()), *value);
    }
  }
  ++registry_version_;
  refresh_settings();
}

void orchestrator_state::restored(const restored_state& stored) {
  if (ready_)
    return;
  take_registry(stored);
  ready_ = true;
  for (const auto& row : stored.open_actions) {
    if (row.status == action_status::pending)
      pending_[row.id] = std::make_shared<const action>(row);
    else
      interrupt(row);
  }
  become_ready();
}

// It was executing when its orchestrator ended. Whether the upstream answered
// is not known, so it is not run again.
void orchestrator_state::interrupt(const action& stored) {
  running run;
  run.row = std::make_shared<const action>(stored);
  running_.emplace(stored.id, std::move(run));
  finish(stored.id, failure{errc::interrupted,
                            "interrupted: the daemon or its orchestrator "
                            "stopped while the action was executing",
                            {},
                            {}});
}

void orchestrator_state::become_ready() {
  restoring_ = false;
  restore_trouble_.clear();
  publish();
  auto waiting = std::exchange(waiting_checks_, {});
  for (auto& promise : waiting)
    promise.deliver("restored " + std::to_string(pending_.size()) +
                    " pending actions");
}

}  // namespace closedpaw::orchestrator
