#include "actors/orchestrator/orchestrator_state.hpp"
#include "config/runtime_settings.hpp"

namespace closedpaw::orchestrator {

caf::result<std::string> orchestrator_state::on_check() {
  auto promise = self_->make_response_promise<std::string>();
  if (!ready_) {
    waiting_checks_.push_back(promise);
    return promise;
  }
  auto handle = args_.logger->get();
  if (!handle)
    return to_error(args_.logger->unavailable(now()));
  self_->request(*handle, caf::infinite, barrier_atom::value)
      .then(
          [=](std::uint64_t events) mutable {
            promise.deliver("the audit log confirmed " +
                            std::to_string(events) + " events");
          },
          [=](const caf::error& e) mutable { promise.deliver(e); });
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
    // All start at once; storage is there in a moment.
    self_->delayed_send(self_, std::chrono::milliseconds{2},
                        restore_atom::value);
    return;
  }
  restoring_ = true;
  auto failed = [this](const caf::error& e) {
    restoring_ = false;
    restore_trouble_ = to_failure(e).message;
  };
  self_->request(*logger, caf::infinite, barrier_atom::value)
      .then(
          [=, this, store = *reader](std::uint64_t) {
            self_->request(store, caf::infinite, restore_atom::value)
                .then(
                    [this](const restored_state_payload& stored) {
                      restored(*stored);
                    },
                    failed);
          },
          failed);
}

void orchestrator_state::restored(const restored_state& stored) {
  for (const auto& [key, text] : stored.registry) {
    auto value = parse_json(text);
    if (!value)
      continue;
    if (key.starts_with(settings_prefix)) {
      apply_stored_setting(key.substr(settings_prefix.size()), *value);
    } else if (key.starts_with(skills_prefix) && value->is_boolean()) {
      if (auto* skill = find_skill(key.substr(skills_prefix.size())))
        skill->enabled = value->get<bool>();
    }
  }
  ready_ = true;
  for (const auto& row : stored.open_actions) {
    if (row.status == action_status::pending)
      pending_[row.id] = std::make_shared<const action>(row);
    else
      interrupt(row);
  }
  become_ready();
}

void orchestrator_state::apply_stored_setting(const std::string& key,
                                              const json& value) {
  // A value that no longer fits (a provider that is gone) is left out; loading
  // the configuration has warned about it.
  if (auto changed = config::apply_runtime_change(settings_, key, value))
    settings_ = std::move(*changed);
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
