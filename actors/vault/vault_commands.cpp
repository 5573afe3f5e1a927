#include "actors/vault/vault_keeper_state.hpp"
#include "messages/log.hpp"

// What an operator asks of the vault.
namespace closedpaw::vault {

namespace {

constexpr std::chrono::seconds longest_commit{60};

failure busy() {
  return {errc::unavailable,
          "the vault checks a passphrase or changes its key; try again",
          std::chrono::seconds{1},
          {}};
}

}  // namespace

caf::result<std::string> vault_state::on_use(const ask<use_vault>& q) {
  switch (q.command.what) {
    case vault_operation::list:
      return list();
    case vault_operation::set:
      return set(q);
    case vault_operation::remove:
      return remove(q);
    case vault_operation::rotate:
    case vault_operation::reset:
      return replace_key(q);
    case vault_operation::lock:
      return lock(q);
    case vault_operation::unlock:
      return unlock(q);
  }
  return to_error({errc::internal, "an unknown command", {}, {}});
}

caf::result<std::string> vault_state::list() const {
  const auto stored = args_.list(vault_prefix);
  if (!stored)
    return to_error(stored.error());
  auto out = status();
  const bool locked = args_.ring->view().locked;
  auto& all = out["secrets"] = json::array();
  for (const auto& row : *stored) {
    const auto which = row.key.substr(vault_prefix.size());
    json one{{"name", which},
             {"audience", nullptr},
             {"level", nullptr},
             {"readable", false}};
    if (row.value.is_string())
      if (const auto facts =
              facts_of(which, row.value.get_ref<const std::string&>())) {
        one["audience"] = facts->audience;
        one["level"] = to_string(facts->level);
        one["readable"] =
            locked ? json() : json(args_.ring->find(facts->key_id).has_value());
      }
    all.push_back(std::move(one));
  }
  return dump(out);
}

caf::result<std::string> vault_state::set(const ask<use_vault>& q) {
  const auto& which = q.command.name;
  const auto user = args_.user_of(which);
  if (!user)
    return to_error(user.error());
  if (q.command.level > user->clearance)
    return to_error({errc::conflict,
                     user->audience + " is given secrets of the level " +
                         std::string{to_string(user->clearance)} +
                         " and below, so it would never get this one",
                     {},
                     {}});
  const auto before = args_.find(secret_row(which));
  if (!before)
    return to_error(before.error());
  if (which == owner_secret_name)
    if (auto no = refuse_change_of_owner(q, before->has_value()))
      return to_error(std::move(*no));
  const auto sealed =
      seal_now({which, user->audience, q.command.value, q.command.level});
  if (!sealed)
    return to_error(sealed.error());
  commit_unit unit;
  unit.events.push_back(event_of(q.context, "secret_set",
                                 {{"name", which},
                                  {"for", user->audience},
                                  {"level", to_string(q.command.level)},
                                  {"replaced", before->has_value()}}));
  unit.registry.push_back({secret_row(which), json(*sealed)});
  for (const auto& other : user->replaces)
    unit.registry.push_back({secret_row(other), std::nullopt});
  auto answer = self_->make_response_promise<std::string>();
  commit(std::move(unit), answer, [=, this](const result<void>& done) {
    if (done)
      args_.changed(which, true);
    return json{
        {"status", "success"}, {"name", which}, {"for", user->audience}};
  });
  return answer;
}

caf::result<std::string> vault_state::remove(const ask<use_vault>& q) {
  const auto& which = q.command.name;
  const auto row = args_.find(secret_row(which));
  if (!row)
    return to_error(row.error());
  if (!*row)
    return to_error(
        {errc::not_found, "the vault has no secret " + which, {}, {}});
  if (which == owner_secret_name)
    if (auto no = refuse_change_of_owner(q, true))
      return to_error(std::move(*no));
  commit_unit unit;
  unit.events.push_back(
      event_of(q.context, "secret_deleted", {{"name", which}}));
  unit.registry.push_back({secret_row(which), std::nullopt});
  auto answer = self_->make_response_promise<std::string>();
  commit(std::move(unit), answer, [=, this](const result<void>& done) {
    if (done)
      args_.changed(which, true);
    return json{{"status", "success"}, {"deleted", which}};
  });
  return answer;
}

// A new key-encryption key; secrets stay as they are. A reset begins with an
// empty vault, for whoever has lost the key.
caf::result<std::string> vault_state::replace_key(const ask<use_vault>& q) {
  const bool fresh = q.command.what == vault_operation::reset;
  if (busy_)
    return to_error(busy());
  if (auto known = settle(); !known)
    return to_error(known.error());
  if (fresh)
    if (auto no = refuse_reset(q))
      return to_error(std::move(*no));
  if (!fresh && args_.ring->view().locked)
    return to_error(args_.ring->locked());
  const auto stored = args_.list(vault_prefix);
  if (!stored)
    return to_error(stored.error());
  std::set<std::string> in_use;
  for (const auto& row : *stored)
    if (row.value.is_string())
      if (const auto facts =
              facts_of(row.key, row.value.get_ref<const std::string&>()))
        in_use.insert(facts->key_id);
  const auto to = q.command.to.value_or(fresh ? key_source::file
                                              : args_.ring->view().source);
  busy_ = true;
  auto answer = self_->make_response_promise<std::string>();
  apart([ring = args_.ring, to, said = q.command.value, in_use,
         fresh] { return ring->prepare(to, said, in_use, fresh); },
        [=, this, forgotten = fresh ? *stored : rows{}](
            result<key_ring::replacement> made) mutable {
          if (made)
            return record_key(q, std::move(*made), forgotten, answer);
          busy_ = false;
          answer.deliver(to_error(made.error()));
        });
  return answer;
}

void vault_state::record_key(const ask<use_vault>& q,
                             key_ring::replacement next, const rows& forgotten,
                             const promise& answer) {
  commit_unit unit;
  for (const auto& row : forgotten)
    unit.registry.push_back({row.key, std::nullopt});
  unit.registry.push_back({std::string{vault_key_row}, to_json(next.record)});
  unit.events.push_back(event_of(q.context,
                                 next.fresh ? "reset" : "key_rotated",
                                 {{"source", to_string(next.record.source)},
                                  {"before", args_.ring->view().key_id},
                                  {"after", next.record.key_id},
                                  {"forgotten", forgotten.size()}}));
  if (next.fresh)
    unit.events.back().level = "critical";
  commit(std::move(unit), answer,
         [=, this, gone = forgotten.size()](const result<void>& done) {
           busy_ = false;
           if (!done) {
             // What became of it nobody knows where the logger has died.
             if (done.error().code != errc::outcome_unknown)
               args_.ring->discard(next);
             return json{};
           }
           const auto on_disk = args_.sync();
           if (auto adopted = args_.ring->adopt(next, on_disk.has_value());
               !adopted)
             log::error("vault", "the key was changed, and its files were not",
                        {{"cause", adopted.error().message}});
           publish();
           auto out = status();
           out["status"] = "success";
           out["forgotten"] = gone;
           return out;
         });
}

caf::result<std::string> vault_state::lock(const ask<use_vault>& q) {
  args_.ring->lock(q.context.peer.id);
  self_->record_exchange(false, args_.ring->locked().message, args_.now());
  args_.report(event_of(q.context, "locked", json::object()));
  publish();
  return dump(status());
}

caf::result<std::string> vault_state::unlock(const ask<use_vault>& q) {
  if (busy_)
    return to_error(busy());
  busy_ = true;
  auto answer = self_->make_response_promise<std::string>();
  apart([ring = args_.ring,
         said = q.command.value] { return ring->unlock(said); },
        [=, this](const result<void>& done) { unlocked(q, done, answer); });
  return answer;
}

void vault_state::unlocked(const ask<use_vault>& q, const result<void>& done,
                           promise answer) {
  busy_ = false;
  auto e =
      event_of(q.context, done ? "unlocked" : "unlock_refused", json::object());
  if (!done) {
    e.outcome = "failure";
    e.level = "medium";
    e.details = json_text{json{{"why", done.error().message}}};
  }
  args_.report(std::move(e));
  publish();
  if (!done) {
    answer.deliver(to_error(done.error()));
    return;
  }
  self_->record_exchange(true, "was unlocked", args_.now());
  tell_users();
  answer.deliver(dump(status()));
}

/// Whoever waits for a secret tries again now.
void vault_state::tell_users() {
  if (const auto stored = args_.list(vault_prefix))
    for (const auto& row : *stored)
      args_.changed(row.key.substr(vault_prefix.size()), false);
}

template <class Work, class Then>
void vault_state::apart(Work work, Then then) {
  args_.apart([me = caf::actor_cast<caf::actor_addr>(self_),
               work = std::move(work), then = std::move(then)]() mutable {
    using outcome_type = decltype(work());
    auto outcome = [&work]() -> outcome_type {
      try {
        return work();
      } catch (const std::exception& e) {
        // Out of memory, say: whoever waits is answered all the same.
        return failure{
            errc::internal, std::string{"vault: "} + e.what(), {}, {}};
      }
    }();
    auto next = std::make_shared<std::function<void()>>(
        [then = std::move(then), outcome = std::move(outcome)]() mutable {
          then(std::move(outcome));
        });
    if (auto actor = caf::actor_cast<caf::actor>(me))
      caf::anon_send(actor, std::move(next));
  });
}

audit_event vault_state::event_of(const command_context& by, const char* status,
                                  const json& details) const {
  audit_event e;
  e.time = args_.now();
  e.actor = "vault_keeper";
  e.user = by.peer;
  e.action_type = "vault";
  e.status = status;
  e.outcome = "success";
  e.level = "info";
  e.request_id = by.request_id;
  e.details = json_text{details};
  return e;
}

// Longer than a logger may hang. What became of it after that is looked up when
// it matters: keys of both cases are kept.
void vault_state::commit(commit_unit unit, promise answer,
                         const std::function<json(const result<void>&)>& done) {
  auto fail = [answer, done](const failure& why) mutable {
    done(why);
    answer.deliver(to_error(why));
  };
  const auto logger = args_.logger->get();
  if (!logger) {
    fail(args_.logger->unavailable(args_.now()));
    return;
  }
  self_
      ->request(*logger, longest_commit,
                commit_batch{commit_unit_payload{std::move(unit)}})
      .then(
          [=](const commit_answers& answers) mutable {
            if (const auto& why = answers.at(0).refused)
              return fail(*why);
            answer.deliver(dump(done({})));
          },
          [=](const caf::error& e) mutable {
            auto why = to_failure(e);
            why.code = errc::outcome_unknown;
            fail(why);
          });
}

}  // namespace closedpaw::vault
