#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "messages/model/json.hpp"
#include "messages/model/secret.hpp"
#include "messages/model/time.hpp"

namespace closedpaw {

/// Rows of the registry with ciphertext, by the secret's name.
inline constexpr std::string_view vault_prefix = "vault/";
/// The row that says which key they are sealed with.
inline constexpr std::string_view vault_key_row = "vault-key";

/// The vault's name of what approves critical actions. Nobody gets it: it is
/// only compared.
inline constexpr std::string_view owner_secret_name = "security/owner_secret";

/// The original's: who asks for a secret needs at least its level.
enum class access_level : std::uint8_t { public_, standard, elevated, admin };

std::string_view to_string(access_level x);
std::optional<access_level> parse_access_level(std::string_view text);

/// Where the key-encryption key comes from.
enum class key_source : std::uint8_t {
  /// DATA_DIR/vault.key
  file,
  /// Derived by scrypt; the vault is locked until somebody says it.
  passphrase,
  /// $CREDENTIALS_DIRECTORY/closedpaw.vault-key
  /// (https://systemd.io/CREDENTIALS/)
  credential,
};

std::string_view to_string(key_source x);
std::optional<key_source> parse_key_source(std::string_view text);

/// What the vault's keeper publishes.
struct vault_view {
  bool locked = true;
  key_source source = key_source::file;
  /// Names the key without telling it; empty while there is none.
  std::string key_id{};
  timestamp since{};
  /// Why it is locked, and what opens it; empty while it is open.
  std::string why{};

  bool operator==(const vault_view&) const = default;
};

json to_json(const vault_view& x);

enum class vault_operation : std::uint8_t {
  list,
  set,
  remove,
  rotate,
  reset,
  lock,
  unlock,
};

/// GET /api/vault and its commands.
struct use_vault {
  vault_operation what = vault_operation::list;
  /// Of a secret.
  std::string name{};
  /// The secret, or the passphrase.
  secret_text value{};
  access_level level = access_level::standard;
  /// Of the owner secret: what it is so far.
  secret_text present{};
  /// Of rotate: where the new key comes from; as before without it.
  std::optional<key_source> to{};
};

}  // namespace closedpaw
