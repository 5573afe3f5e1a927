#include <algorithm>

#include "http/routes/handlers.hpp"
#include "http/routes/openapi/operation.hpp"
#include "http/routes/resources.hpp"
#include "http/routes/validation/body.hpp"
#include "http/routes/validation/query.hpp"

namespace closedpaw::http {

namespace {

using need = body_fields::need;

constexpr std::size_t longest_secret_name = 256;
constexpr std::size_t longest_value = std::size_t{16} * 1024;

std::vector<std::string> level_names() {
  return {"public", "standard", "elevated", "admin"};
}

std::vector<std::string> source_names() {
  return {"file", "passphrase", "credential"};
}

outcome list_secrets(const request&, const path_params&, const live_state&) {
  return command{use_vault{}};
}

outcome set_secret(const request& r, const path_params&, const live_state&) {
  auto body = read_body(r);
  if (!body)
    return std::move(body).error();
  field_errors errors;
  body_fields fields{std::move(*body), errors};
  use_vault what{vault_operation::set};
  what.name = fields.text("name", need::required).value_or("");
  auto value = fields.text("value", need::required).value_or("");
  const auto level = fields.text("level", need::nullable);
  what.present =
      secret_text{fields.text("present", need::nullable).value_or("")};
  if (errors.empty()) {
    errors.check_bytes(what.name, {"body", "name"}, longest_secret_name);
    errors.check_bytes(value, {"body", "value"}, longest_value);
    const auto known = parse_access_level(level.value_or("standard"));
    if (!known)
      errors.not_permitted({"body", "level"}, level_names());
    what.level = known.value_or(access_level::standard);
    // It goes into header fields.
    if (std::ranges::any_of(value, [](unsigned char c) { return c < ' '; }))
      errors.add({"body", "value"},
                 "expected a text without control characters; is there a line "
                 "break at its end?",
                 "value_error.str.regex");
  }
  what.value = secret_text{std::move(value)};
  if (!errors.empty())
    return errors.to_response();
  return command{std::move(what)};
}

outcome delete_secret(const request& r, const path_params&, const live_state&) {
  auto body = read_body(r);
  if (!body)
    return std::move(body).error();
  field_errors errors;
  body_fields fields{body->value_or(json::object()), errors};
  query_fields query{r.query, errors};
  use_vault what{vault_operation::remove};
  what.present = secret_text{
      fields.text("present", body_fields::need::nullable).value_or("")};
  what.name = query.required_text("name").value_or("");
  if (errors.empty())
    errors.check_bytes(what.name, query.loc("name"), longest_secret_name);
  if (!errors.empty())
    return errors.to_response();
  return command{std::move(what)};
}

/// A command whose body may have a passphrase, or be absent.
outcome with_passphrase(const request& r, use_vault what) {
  auto body = read_body(r);
  if (!body)
    return std::move(body).error();
  field_errors errors;
  body_fields fields{body->value_or(json::object()), errors};
  auto said = fields.text("passphrase", need::nullable);
  const auto to = fields.text("to", need::nullable);
  if (said)
    errors.check_bytes(*said, {"body", "passphrase"}, longest_value);
  if (to) {
    what.to = parse_key_source(*to);
    if (!what.to)
      errors.not_permitted({"body", "to"}, source_names());
  }
  what.value = secret_text{std::move(said).value_or("")};
  if (!errors.empty())
    return errors.to_response();
  return command{std::move(what)};
}

outcome rotate_key(const request& r, const path_params&, const live_state&) {
  return with_passphrase(r, {vault_operation::rotate});
}

outcome reset_vault(const request& r, const path_params&, const live_state&) {
  auto body = read_body(r);
  if (!body)
    return std::move(body).error();
  field_errors errors;
  body_fields fields{std::move(*body), errors};
  use_vault what{vault_operation::reset};
  what.present = secret_text{
      fields.text("present", body_fields::need::nullable).value_or("")};
  const auto sure =
      fields.flag("forget_all", body_fields::need::required).value_or(false);
  if (errors.empty() && !sure)
    errors.add({"body", "forget_all"},
               "must be true: all secrets go, and have to be stored again",
               "value_error.const");
  if (!errors.empty())
    return errors.to_response();
  return command{std::move(what)};
}

outcome unlock_vault(const request& r, const path_params&, const live_state&) {
  return with_passphrase(r, {vault_operation::unlock});
}

outcome lock_vault(const request&, const path_params&, const live_state&) {
  return command{use_vault{vault_operation::lock}};
}

}  // namespace

std::vector<route> vault_routes() {
  return {
      {method::get, "/api/vault", access::read, list_secrets,
       [] {
         return operation{"showVault", "vault",
                          "Whether it is open, and the names of its secrets"}
             .describe(
                 "readable is false for one that was sealed with another "
                 "key. No value is ever told.")
             .returns(200, "State and secrets", free_object())
             .fails(503, "The vault's keeper is down")
             .take();
       }},
      {method::post, "/api/vault/secrets", access::admin, set_secret,
       [] {
         return operation{"setSecret", "vault", "Store a secret, or replace it"}
             .describe(
                 "name is providers/NAME/api_key, channels/NAME/SECRET or "
                 "security/owner_secret (with present, what it is so far, "
                 "once there is one), value the secret, level public, "
                 "standard (unless "
                 "given), elevated or admin: who asks needs as much. It "
                 "is only given to the address that its owner has now.")
             .body(free_object())
             .returns(200, "Recorded; for names the address", free_object())
             .fails(404, "Nobody would ask for it")
             .fails(403, "present is not the owner secret")
             .fails(409, "Nobody would get one of that level")
             .fails(429, "Too many wrong guesses of the owner secret")
             .fails(503, "The vault is locked, or the audit log refuses")
             .take();
       }},
      {method::del, "/api/vault/secrets", access::admin, delete_secret,
       [] {
         return operation{"deleteSecret", "vault", "Forget a secret"}
             .describe("The owner secret only with present in the body.")
             .body(free_object(), false)
             .query("name", string_schema(), "Which one", true)
             .returns(200, "Recorded", free_object())
             .fails(403, "present is not the owner secret")
             .fails(404, "There is none of that name")
             .fails(503, "The audit log refuses")
             .take();
       }},
      {method::post, "/api/vault/rotate", access::admin, rotate_key,
       [] {
         return operation{"rotateVaultKey", "vault",
                          "Open the vault with another key from now on"}
             .describe(
                 "to says where the new key comes from: file, passphrase "
                 "(with passphrase, at least 12 characters) or credential "
                 "(closedpaw.vault-key of the service manager); as before "
                 "unless given.")
             .body(free_object(), false)
             .returns(200, "Recorded, and in use", free_object())
             .fails(400, "The passphrase is too short")
             .fails(404, "The service manager gave no such credential")
             .fails(409, "The credential is the key that is in use")
             .fails(503, "The vault is locked, or the audit log refuses")
             .take();
       }},
      {method::post, "/api/vault/reset", access::admin, reset_vault,
       [] {
         return operation{"resetVault", "vault",
                          "Begin with an empty vault, where its key is lost"}
             .describe("forget_all has to be true: all secrets go.")
             .body(free_object())
             .returns(200, "Recorded, with a new key in a file", free_object())
             .fails(503, "The audit log refuses")
             .take();
       }},
      {method::post, "/api/vault/lock", access::admin, lock_vault,
       [] {
         return operation{"lockVault", "vault",
                          "Forget the key until it is unlocked"}
             .returns(200, "It is locked", free_object())
             .take();
       }},
      {method::post, "/api/vault/unlock", access::admin, unlock_vault,
       [] {
         return operation{"unlockVault", "vault",
                          "Open it, with the passphrase where it has one"}
             .body(free_object(), false)
             .returns(200, "It is open", free_object())
             .fails(400, "It needs a passphrase")
             .fails(403, "That is not the passphrase")
             .fails(503, "The key is not where it should be")
             .take();
       }},
  };
}

}  // namespace closedpaw::http
