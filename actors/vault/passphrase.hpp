#pragma once

#include "actors/vault/entry_cipher.hpp"
#include "messages/model/json.hpp"

namespace closedpaw::vault {

/// How a key is derived (RFC 7914). Of what new_parameters() makes, one
/// derivation takes 128 MiB and some tenths of a second.
struct scrypt_parameters {
  /// 16 bytes, in hex.
  std::string salt;
  std::uint64_t n = std::uint64_t{1} << 17;
  std::uint64_t r = 8;
  std::uint64_t p = 1;
};

inline constexpr std::size_t shortest_passphrase = 12;

json to_json(const scrypt_parameters& x);
/// Nothing when it is not one, or would take more than 1 GiB.
std::optional<scrypt_parameters> scrypt_from(const json& x);

/// With a fresh salt. storage_failed without random bytes.
result<scrypt_parameters> new_parameters();

/// Blocks for as long as the parameters make it. storage_failed when OpenSSL
/// fails, for lack of memory above all.
result<encryption_key> derive_key(const secret_text& passphrase,
                                  const scrypt_parameters& how);

}  // namespace closedpaw::vault
