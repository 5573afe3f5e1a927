#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "messages/model/error.hpp"
#include "messages/model/secret.hpp"
#include "messages/model/vault.hpp"

namespace closedpaw::vault {

/// 256 bits for AES; wiped when it goes.
class encryption_key {
 public:
  static constexpr std::size_t size = 32;

  encryption_key() = default;
  explicit encryption_key(const std::array<std::uint8_t, size>& bytes)
      : bytes_{bytes} {}
  encryption_key(const encryption_key&) = default;
  encryption_key& operator=(const encryption_key&) = default;
  ~encryption_key() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

  const std::uint8_t* data() const { return bytes_.data(); }
  /// Names the key without telling it: the start of its SHA-256, in hex.
  std::string id() const;

 private:
  std::array<std::uint8_t, size> bytes_{};
};

/// Where an entry belongs, and who may have it: another reader of the same name
/// (a provider whose address has changed) gets nothing.
struct entry_label {
  std::string_view name;
  std::string_view audience;
  access_level level = access_level::standard;
};

/// Who asks for it, and how far they are trusted.
struct entry_reader {
  std::string_view name;
  std::string_view audience;
  access_level clearance = access_level::standard;
};

/// What can be told of an entry without its key.
struct entry_facts {
  std::string audience;
  access_level level = access_level::standard;
  std::string key_id;
};

/// Encrypts with AES-256-GCM (NIST SP 800-38D) under a random 96-bit nonce. The
/// text has a version, the key's id, the audience, the level, nonce, ciphertext
/// and tag; the label is authenticated with it, so that one entry cannot be put
/// in another's place. storage_failed when OpenSSL fails.
result<std::string> seal(const encryption_key& key, const entry_label& label,
                         const secret_text& value);

/// not_found when it is for another audience, forbidden when its level is above
/// the reader's; storage_failed when the text was not made by seal() for this
/// name and key: the message says which of these is wrong, as far as that can
/// be told.
result<secret_text> open(const encryption_key& key, const entry_reader& reader,
                         std::string_view sealed);

/// storage_failed when it is no entry.
result<entry_facts> facts_of(std::string_view name, std::string_view sealed);

}  // namespace closedpaw::vault
