#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <map>
#include <set>

#include "actors/vault/guess_guard.hpp"
#include "actors/vault/vault_keeper.hpp"

namespace closedpaw::vault {

/// What goes on in the actor after work that was done elsewhere; process-local.
using continuation_ptr = std::shared_ptr<std::function<void()>>;

}  // namespace closedpaw::vault

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(closedpaw::vault::continuation_ptr)

namespace closedpaw::vault {

using internal_vault = vault_actor::extend<caf::reacts_to<continuation_ptr>>;

/// The registry's key of a secret.
inline std::string secret_row(const std::string& name) {
  return std::string{vault_prefix} + name;
}

/// One method per thing that can happen; runs only in its own actor.
class vault_state {
 public:
  static constexpr const char* name = "vault_keeper";
  using self_pointer = supervision::self_ptr<internal_vault, vault_state>;

  explicit vault_state(self_pointer me) : self_{me} {}
  ~vault_state();

  internal_vault::behavior_type init(vault_args given);

 private:
  using promise = caf::typed_response_promise<std::string>;
  using rows = std::vector<storage::registry_row>;

  /// Accesses of one kind to one secret that no event has told of.
  struct access_count {
    std::uint64_t untold = 0;
    std::optional<std::chrono::steady_clock::time_point> told_at;
    audit_event event;
  };

  caf::result<std::string> prove();
  result<std::string> seal_now(const seal_secret& q) const;
  caf::result<secret_payload> on_unseal(const unseal_secret& q);
  result<secret_text> open_row(const unseal_secret& q, const json& row) const;
  void note_access(const unseal_secret& q, const std::optional<failure>& why);
  void tell_what_is_due();
  void tell(access_count& x);

  // -- the owner secret (owner_secret.cpp) -----------------------------------
  caf::result<std::string> on_prove_owner(const ask<prove_owner>& q);
  result<void> prove_owner_now(const secret_text& said,
                               const command_context& by);
  result<secret_text> owner_secret() const;
  std::optional<failure> refuse_change_of_owner(const ask<use_vault>& q,
                                                bool is_stored);
  std::optional<failure> refuse_reset(const ask<use_vault>& q);

  // -- access tokens (token_commands.cpp) ------------------------------------
  caf::result<std::string> on_token(const ask<manage_token>& q);
  caf::result<std::string> make_token(const ask<manage_token>& q);
  caf::result<std::string> revoke_token(const ask<manage_token>& q);
  void publish_tokens(access_tokens all);
  void look_at_tokens();

  caf::result<std::string> on_use(const ask<use_vault>& q);
  caf::result<std::string> list() const;
  caf::result<std::string> set(const ask<use_vault>& q);
  caf::result<std::string> remove(const ask<use_vault>& q);
  caf::result<std::string> replace_key(const ask<use_vault>& q);
  caf::result<std::string> lock(const ask<use_vault>& q);
  caf::result<std::string> unlock(const ask<use_vault>& q);

  void record_key(const ask<use_vault>& q, key_ring::replacement next,
                  const rows& forgotten, const promise& answer);
  void unlocked(const ask<use_vault>& q, const result<void>& done,
                promise answer);
  result<void> settle();
  template <class Work, class Then>
  void apart(Work work, Then then);

  audit_event event_of(const command_context& by, const char* status,
                       const json& details) const;
  void commit(commit_unit unit, promise answer,
              const std::function<json(const result<void>&)>& done);
  void tell_users();
  json status() const;
  void publish();

  self_pointer self_;
  vault_args args_;
  /// A passphrase is checked, or the key is changed.
  bool busy_ = false;
  std::map<std::string, access_count> accesses_;
  guess_guards owner_guesses_;
  /// Names of tokens that are being recorded.
  std::set<std::string> coming_tokens_;
};

}  // namespace closedpaw::vault
