#include <openssl/rand.h>

#include <algorithm>

#include "actors/vault/vault_keeper_state.hpp"
#include "messages/log.hpp"
#include "messages/model/hex.hpp"
#include "messages/model/sha256.hpp"

// Who may come in from elsewhere. Needs no key: the store has no secret of it.
namespace closedpaw::vault {

namespace {

constexpr std::size_t most_tokens = 256;

/// As many hex digits of the system's randomness; nothing without.
std::optional<std::string> random_hex(std::size_t digits) {
  std::string bytes(digits / 2, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()),
                 static_cast<int>(bytes.size())) != 1)
    return std::nullopt;
  return to_hex(bytes);
}

std::string row_key(const std::string& id) {
  return std::string{tokens_prefix} + id;
}

/// In the store's order, so that they compare with what it lists. A look at the
/// store may have found it first.
void put_in_order(access_tokens& all, access_token made) {
  const auto it = std::ranges::lower_bound(all, made.id, {}, &access_token::id);
  if (it == all.end() || it->id != made.id)
    all.insert(it, std::move(made));
}

json audited(const access_token& x) {
  return {
      {"id", x.id},
      {"name", x.name},
      {"scopes", x.scopes.names()},
      {"expires_at", x.expires_at ? json(to_iso8601(*x.expires_at)) : json()}};
}

}  // namespace

access_tokens tokens_in(const std::vector<storage::registry_row>& rows) {
  access_tokens out;
  for (const auto& row : rows) {
    const auto id = row.key.substr(tokens_prefix.size());
    if (auto x = access_token_from(id, row.value))
      out.push_back(std::move(*x));
    else
      log::error("vault", "a stored token cannot be read; it lets nobody in",
                 {{"id", id}});
  }
  return out;
}

void vault_state::publish_tokens(access_tokens all) {
  if (!self_->life().where->fenced(self_->life().number))
    args_.tokens->publish(std::move(all));
}

// A change may have been recorded without our being told so.
void vault_state::look_at_tokens() {
  const auto stored = args_.list(tokens_prefix);
  if (!stored)
    return;
  auto all = tokens_in(*stored);
  const bool changed = *args_.tokens->get() != all;
  if (!changed && !args_.tokens->stale_since())
    return;
  publish_tokens(std::move(all));
  if (changed)
    args_.token_ended();
}

caf::result<std::string> vault_state::on_token(const ask<manage_token>& q) {
  return q.command.id.empty() ? make_token(q) : revoke_token(q);
}

caf::result<std::string> vault_state::make_token(const ask<manage_token>& q) {
  const auto stored = args_.list(tokens_prefix);
  if (!stored)
    return to_error(stored.error());
  const auto present = tokens_in(*stored);
  const auto now = args_.now();
  if (present.size() + coming_tokens_.size() >= most_tokens)
    return to_error({errc::conflict,
                     "there are " + std::to_string(most_tokens) +
                         " tokens, which is the limit; revoke some",
                     {},
                     {}});
  const auto& wanted = q.command.name;
  if (coming_tokens_.contains(wanted) ||
      std::ranges::find(present, wanted, &access_token::name) != present.end())
    return to_error({errc::conflict,
                     "there is a token named " + wanted +
                         "; revoke it, or choose another name",
                     {},
                     {}});
  auto id = random_hex(token_id_length);
  auto secret = random_hex(token_secret_length);
  if (!id || !secret)
    return to_error(
        {errc::internal, "OpenSSL has no random bytes for a token", {}, {}});
  token_text text{std::move(*id), secret_text{std::move(*secret)}};
  access_token made;
  made.id = text.id;
  made.name = wanted;
  made.digest = to_hex(sha256({text.secret.reveal()}));
  made.scopes = q.command.scopes;
  made.created_at = now;
  if (q.command.lifetime)
    made.expires_at = now + *q.command.lifetime;
  made.created_by = q.context.peer.id;
  commit_unit unit;
  unit.events.push_back(event_of(q.context, "token_created", audited(made)));
  unit.events.back().level = "medium";
  unit.registry.push_back({row_key(made.id), stored_form(made)});
  coming_tokens_.insert(wanted);
  auto answer = self_->make_response_promise<std::string>();
  commit(std::move(unit), answer, [=, this](const result<void>& done) mutable {
    coming_tokens_.erase(made.name);
    if (!done)
      return json{};
    auto all = *args_.tokens->get();
    put_in_order(all, made);
    publish_tokens(std::move(all));
    auto out = to_json(made, now);
    out["token"] = to_string(text);
    return out;
  });
  return answer;
}

caf::result<std::string> vault_state::revoke_token(const ask<manage_token>& q) {
  const auto row = args_.find(row_key(q.command.id));
  if (!row)
    return to_error(row.error());
  if (!*row)
    return to_error({errc::not_found, "Token not found", {}, {}});
  const auto known = access_token_from(q.command.id, **row);
  commit_unit unit;
  // Also on a full disk.
  unit.may_use_reserve = true;
  unit.events.push_back(
      event_of(q.context, "token_revoked",
               known ? audited(*known) : json{{"id", q.command.id}}));
  unit.registry.push_back({row_key(q.command.id), std::nullopt});
  auto answer = self_->make_response_promise<std::string>();
  commit(std::move(unit), answer,
         [=, this, id = q.command.id](const result<void>& done) {
           if (!done)
             return json{};
           auto all = *args_.tokens->get();
           std::erase_if(all, [&id](const auto& x) { return x.id == id; });
           publish_tokens(std::move(all));
           args_.token_ended();
           return json{{"status", "success"}, {"revoked", id}};
         });
  return answer;
}

}  // namespace closedpaw::vault
