#include "actors/orchestrator/orchestrator_state.hpp"

namespace closedpaw::orchestrator {

namespace {

// The logger begins with so many while we go on with the rest.
constexpr std::size_t longest_batch = 64;

}  // namespace

std::shared_ptr<commit_unit> orchestrator_state::unit_of(
    transition step, const std::vector<setting_change>& changes) {
  auto unit = std::move(step).unit();
  unit->encoded_row = row_bytes(*unit->row);
  for (const auto& c : changes)
    unit->registry.push_back({std::string{settings_prefix} + c.key, c.value});
  return unit;
}

void orchestrator_state::commit(const std::shared_ptr<const commit_unit>& unit,
                                on_committed done, on_refused refused) {
  if (abandoned())
    return refused({errc::unavailable,
                    "the orchestrator was replaced before it recorded this",
                    std::chrono::milliseconds{1000},
                    {}});
  awaited who{std::move(refused), std::move(done), {}, !unit->registry.empty()};
  if (unit->row)
    who.id = unit->row->id;
  in_flight_.emplace_hint(in_flight_.end(), next_key_, std::move(who));
  outbox_.emplace_back(unit);
  outbox_keys_.push_back(next_key_++);
  // Behind everything that is in the mailbox now: the message adapts to load.
  if (outbox_.size() == 1)
    self_->send(self_, commit_atom::value);
  else if (outbox_.size() == longest_batch)
    send_outbox();
}

void orchestrator_state::send_outbox() {
  if (outbox_.empty())
    return;
  auto batch = std::exchange(outbox_, {});
  auto keys = std::exchange(outbox_keys_, {});
  auto handle = args_.logger->get();
  if (!handle) {
    auto why = args_.logger->unavailable(now());
    why.code = errc::audit_refused;
    for (const auto key : keys)
      not_committed(key, why);
    return;
  }
  self_->request(*handle, caf::infinite, std::move(batch))
      .then(
          [keys, this](const commit_answers& answers) {
            for (std::size_t i = 0; i < keys.size(); ++i)
              if (const auto& why = answers.at(i).refused)
                not_committed(keys[i], *why);
              else
                committed(keys[i]);
          },
          [keys, this](const caf::error& e) {
            for (const auto key : keys)
              not_committed(key, to_failure(e));
          });
}

// Whoever waits stays in the state until then: should this throw, the
// destructor answers.
void orchestrator_state::committed(std::uint64_t key) {
  in_flight_.at(key).done();
  in_flight_.erase(key);
}

void orchestrator_state::not_committed(std::uint64_t key, failure why) {
  const auto& who = in_flight_.at(key);
  if (!is_definite(why)) {
    why.code = errc::outcome_unknown;
    if (who.id)
      look_up_later(*who.id);
    registry_unknown_ = registry_unknown_ || who.changes_registry;
  }
  who.refused(std::move(why));
  in_flight_.erase(key);
}

void orchestrator_state::when_settings_rest(std::function<void()> change,
                                            on_refused unanswered) {
  if (setting_in_flight_) {
    later_.emplace_back(wait_for_answer(std::move(unanswered)),
                        std::move(change));
    return;
  }
  setting_in_flight_ = true;
  change();
}

void orchestrator_state::settings_rest() {
  setting_in_flight_ = false;
  if (later_.empty())
    return;
  const auto [key, change] = std::move(later_.front());
  later_.pop_front();
  in_flight_.erase(key);
  setting_in_flight_ = true;
  change();
}

void orchestrator_state::commit_setting(
    const std::shared_ptr<const commit_unit>& unit, const on_committed& done,
    const on_refused& refused) {
  commit(
      unit,
      [=, this] {
        done();
        settings_rest();
      },
      [=, this](failure why) {
        refused(std::move(why));
        settings_rest();
      });
}

std::uint64_t orchestrator_state::wait_for_answer(on_refused unanswered) {
  in_flight_.emplace_hint(in_flight_.end(), next_key_,
                          awaited{std::move(unanswered), {}, {}, false});
  return next_key_++;
}

// The logger's own words, as against its death with our unit in its mailbox.
bool orchestrator_state::is_definite(const failure& why) {
  switch (why.code) {
    case errc::audit_refused:
    case errc::storage_full:
    case errc::storage_failed:
    case errc::conflict:
    case errc::bad_request:
      return true;
    default:
      return false;
  }
}

// What the client is told when the log could not record its action.
failure orchestrator_state::refusal(const failure& why, const uuid& id) const {
  failure out = why;
  if (why.code == errc::outcome_unknown) {
    out.message =
        "it was not confirmed that this was recorded, so its "
        "outcome is unknown; look it up (" +
        why.message + ")";
    out.extra = {{"outcome", "unknown"}};
  } else if (why.code != errc::conflict) {
    out.code = why.code == errc::storage_full ? errc::storage_full
                                              : errc::audit_refused;
    out.message =
        "refused, because the audit log could not record it: " + why.message;
    out.extra = {{"outcome", "refused"}};
  }
  if (!out.retry_after && http_status(out.code) == 503)
    out.retry_after = std::chrono::milliseconds{1000};
  if (!id.is_nil())
    out.extra["action_id"] = to_string(id);
  return out;
}

// Once storage is back, the rows say what became of them.
void orchestrator_state::look_up_unknown() {
  auto logger = args_.logger->get();
  auto reader = args_.reader->get();
  if (!logger || !reader)
    return;
  if (std::exchange(registry_unknown_, false))
    look_up_registry(*reader);
  auto ids = std::exchange(unknown_, {});
  for (const auto& id : ids) {
    self_->request(*reader, look_up_timeout, get_action{id})
        .then([=, this](const action_payload& stored) { adopt(*stored); },
              [=, this](const caf::error& e) {
                // Not stored: it never happened. Any other trouble: again.
                if (to_failure(e).code != errc::not_found)
                  look_up_later(id);
              });
  }
}

// A change whose recording was not confirmed: the store says what is in force.
void orchestrator_state::look_up_registry(const store_reader_actor& reader) {
  const auto version = registry_version_;
  self_->request(reader, look_up_timeout, restore_atom::value)
      .then(
          [=, this](const restored_state_payload& stored) {
            if (version == registry_version_)
              take_registry(*stored);
            else
              registry_unknown_ = true;
          },
          [this](const caf::error&) { registry_unknown_ = true; });
}

void orchestrator_state::adopt(const action& stored) {
  if (running_.contains(stored.id))
    return;
  auto row = std::make_shared<const action>(stored);
  switch (stored.status) {
    case action_status::pending:
      pending_[stored.id] = row;
      break;
    case action_status::executing:
      // Nobody was told that it runs; it is not begun behind their back.
      pending_.erase(stored.id);
      interrupt(stored);
      break;
    default:
      pending_.erase(stored.id);
      break;
  }
  publish();
}

}  // namespace closedpaw::orchestrator
