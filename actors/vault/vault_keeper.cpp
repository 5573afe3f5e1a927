#include "actors/vault/vault_keeper_state.hpp"
#include "messages/log.hpp"

namespace closedpaw::vault {

namespace {

/// Reads of one secret are one event in such a time, with how many there were.
constexpr std::chrono::minutes between_reads{10};

failure no_text(const std::string& name) {
  return {
      errc::storage_failed, "the vault's row " + name + " is no text", {}, {}};
}

}  // namespace

vault_state::~vault_state() {
  for (auto& [key, x] : accesses_)
    if (x.untold > 0)
      tell(x);
}

internal_vault::behavior_type vault_state::init(vault_args given) {
  args_ = std::move(given);
  if (auto done = settle(); !done)
    log::warn("vault", "cannot see which key is in use",
              {{"cause", done.error().message}});
  look_at_tokens();
  publish();
  return {
      [this](check_atom) { return prove(); },
      [this](const seal_payload& q) -> caf::result<std::string> {
        auto sealed = seal_now(*q);
        if (!sealed)
          return to_error(sealed.error());
        return std::move(*sealed);
      },
      [this](const unseal_secret& q) { return on_unseal(q); },
      [this](const prove_owner_payload& q) { return on_prove_owner(*q); },
      [this](const ask_vault& q) { return on_use(*q); },
      [this](const ask_token& q) { return on_token(*q); },
      [](const continuation_ptr& x) { (*x)(); },
  };
}

// A round trip through the cipher with the key that is in use.
caf::result<std::string> vault_state::prove() {
  if (auto done = settle(); !done)
    return to_error(done.error());
  look_at_tokens();
  tell_what_is_due();
  const auto key = args_.ring->newest();
  // Nothing that another life would repair.
  if (!key)
    return "not proven: " + args_.ring->locked().message;
  const auto sealed =
      seal(*key, {"self-check", {}, access_level::admin}, secret_text{name});
  if (!sealed)
    return to_error(sealed.error());
  const auto opened =
      open(*key, {"self-check", {}, access_level::admin}, *sealed);
  if (!opened)
    return to_error(opened.error());
  if (opened->reveal() != name)
    return to_error({errc::internal,
                     "the vault did not give back what it was given",
                     {},
                     {}});
  return "sealed and opened an entry with key " + args_.ring->view().key_id;
}

// What the store says counts: another key may have been recorded without our
// being told so, or by an earlier life.
result<void> vault_state::settle() {
  if (busy_)
    return {};
  const auto row = args_.find(std::string{vault_key_row});
  if (!row)
    return row.error();
  const auto record = *row ? key_record_from(**row) : std::nullopt;
  if (!record)
    return failure{errc::storage_failed,
                   "the store does not say which key the vault has",
                   {},
                   {}};
  if (record->key_id != args_.ring->view().key_id) {
    // A power loss may bring the old record back, which needs the old key.
    if (auto done = args_.sync(); !done)
      return done;
    args_.ring->follow(*record);
  }
  publish();
  return {};
}

result<std::string> vault_state::seal_now(const seal_secret& q) const {
  const auto key = args_.ring->newest();
  if (!key)
    return args_.ring->locked();
  return seal(*key, {q.name, q.audience, q.level}, q.value);
}

result<secret_text> vault_state::open_row(const unseal_secret& q,
                                          const json& row) const {
  if (!args_.ring->newest())
    return args_.ring->locked();
  if (!row.is_string())
    return no_text(q.name);
  const auto& text = row.get_ref<const std::string&>();
  const auto facts = facts_of(q.name, text);
  if (!facts)
    return facts.error();
  const auto key = args_.ring->find(facts->key_id);
  if (!key)
    return failure{errc::storage_failed,
                   "the secret " + q.name +
                       " was sealed with a key that the vault does not have; "
                       "store it again: closedpaw vault set " +
                       q.name,
                   {},
                   {}};
  return open(*key, {q.name, q.audience, q.clearance}, text);
}

caf::result<secret_payload> vault_state::on_unseal(const unseal_secret& q) {
  if (q.name == owner_secret_name)
    return to_error({errc::forbidden, "nobody is given that", {}, {}});
  const auto row = args_.find(secret_row(q.name));
  if (!row)
    return to_error(row.error());
  // That there is none is no access.
  if (!*row)
    return to_error(
        {errc::not_found, "the vault has no secret " + q.name, {}, {}});
  auto opened = open_row(q, **row);
  note_access(q, opened ? std::nullopt : std::optional{opened.error()});
  if (!opened)
    return to_error(opened.error());
  return secret_payload{std::move(*opened)};
}

// A provider asks for its key with each exchange: the first time is told at
// once, what follows is counted.
void vault_state::note_access(const unseal_secret& q,
                              const std::optional<failure>& why) {
  auto& x = accesses_[q.name + '\n' + q.audience + (why ? "\n-" : "\n+")];
  ++x.untold;
  x.event = event_of({}, why ? "secret_refused" : "secret_read",
                     {{"name", q.name}, {"for", q.audience}});
  if (why) {
    x.event.outcome = "failure";
    x.event.level = "medium";
    x.event.details = json_text{
        json{{"name", q.name}, {"for", q.audience}, {"why", why->message}}};
  }
  const auto now = self_->clock().now();
  if (!x.told_at || now - *x.told_at >= between_reads) {
    x.told_at = now;
    tell(x);
  }
}

// Also of what is not read any more.
void vault_state::tell_what_is_due() {
  const auto now = self_->clock().now();
  for (auto& [key, x] : accesses_)
    if (x.untold > 0 && now - *x.told_at >= between_reads) {
      x.told_at = now;
      tell(x);
    }
}

void vault_state::tell(access_count& x) {
  auto details = x.event.details.value();
  details["times"] = std::exchange(x.untold, 0);
  auto e = x.event;
  e.details = json_text{details};
  args_.report(std::move(e));
}

json vault_state::status() const {
  return to_json(args_.ring->view());
}

void vault_state::publish() {
  auto now = args_.ring->view();
  if ((*args_.view->get() != now || args_.view->stale_since()) &&
      !self_->life().where->fenced(self_->life().number))
    args_.view->publish(std::move(now));
}

vault_actor spawn_vault_keeper(caf::scheduled_actor* parent,
                               supervision::incarnation life, vault_args args) {
  return supervision::spawn_worker<internal_vault, vault_state>(
      parent, std::move(life), false,
      [args = std::move(args)](vault_state::self_pointer self) {
        return self->state.init(args);
      });
}

}  // namespace closedpaw::vault
