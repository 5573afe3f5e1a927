#pragma once

#include <memory>
#include <string>

#include "messages/model/error.hpp"
#include "messages/model/json.hpp"
#include "messages/model/secret.hpp"
#include "messages/model/sha256.hpp"
#include "messages/model/time.hpp"

/// Signed tree heads: RFC 6962, section 3.5, with Ed25519 (RFC 8032), which the
/// RFC's version 1 does not name.
namespace closedpaw::audit {

/// Where the log stood at a time.
struct tree_head {
  std::uint64_t size = 0;
  hash256 root{};
  /// To the millisecond, as it is signed.
  timestamp time{};

  bool operator==(const tree_head&) const = default;
};

struct signed_head {
  tree_head head;
  /// SHA-256 of the public key's SubjectPublicKeyInfo (the RFC's LogID).
  hash256 log_id{};
  /// 64 bytes.
  std::string signature;

  bool operator==(const signed_head&) const = default;
};

/// {tree_size, root_hash, timestamp, log_id, algorithm, signature}; hashes and
/// signature in hex.
json to_json(const signed_head& x);
/// bad_request names what is missing or of the wrong form.
result<signed_head> signed_head_from(const json& x);

/// What checks heads. Immutable; any thread.
class verifying_key {
 public:
  /// PEM (SubjectPublicKeyInfo); bad_request for what is no Ed25519 key.
  static result<verifying_key> from_pem(const std::string& text);

  const hash256& log_id() const { return log_id_; }
  std::string pem() const;
  bool verifies(const signed_head& x) const;

 private:
  friend class signing_key;
  explicit verifying_key(std::shared_ptr<void> key);

  std::shared_ptr<void> key_;
  hash256 log_id_{};
};

/// What signs them. Immutable; any thread.
class signing_key {
 public:
  static result<signing_key> generate();
  /// PEM (PKCS #8).
  static result<signing_key> from_pem(const secret_text& text);

  secret_text pem() const;
  const verifying_key& check() const { return check_; }
  signed_head sign(std::uint64_t size, const hash256& root,
                   timestamp now) const;

 private:
  explicit signing_key(const std::shared_ptr<void>& key)
      : key_{key}, check_{key} {}

  std::shared_ptr<void> key_;
  verifying_key check_;
};

}  // namespace closedpaw::audit
