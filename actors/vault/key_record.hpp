#pragma once

#include <vector>

#include "actors/vault/passphrase.hpp"

namespace closedpaw::vault {

/// Envelope encryption: secrets are sealed with data keys, these with a
/// key-encryption key, which alone is outside of the store. Another
/// key-encryption key is one new row; no secret is touched.
struct key_record {
  struct data_key {
    std::string id;
    /// Under the key-encryption key.
    std::string sealed;
  };

  key_source source = key_source::file;
  /// Of the key-encryption key.
  std::string key_id;
  /// Of a passphrase.
  std::optional<scrypt_parameters> scrypt{};
  /// The last one seals; the others are those that secrets still need.
  std::vector<data_key> data_keys{};
};

json to_json(const key_record& x);
/// Nothing when it is not one.
std::optional<key_record> key_record_from(const json& x);

/// A data key under a key-encryption key.
result<key_record::data_key> wrap(const encryption_key& with,
                                  const encryption_key& x);

/// All data keys of the record. storage_failed, or with's own failure.
result<std::vector<encryption_key>> unwrap(const result<encryption_key>& with,
                                           const key_record& from);

}  // namespace closedpaw::vault
