#include "actors/audit/signed_head.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <boost/endian/conversion.hpp>
#include <stdexcept>

#include "messages/model/hex.hpp"
#include "messages/model/json_fields.hpp"

namespace closedpaw::audit {

namespace {

constexpr std::size_t signature_size = 64;

struct bio_closer {
  void operator()(BIO* x) const { BIO_free_all(x); }
};
using bio = std::unique_ptr<BIO, bio_closer>;

struct context_closer {
  void operator()(EVP_MD_CTX* x) const { EVP_MD_CTX_free(x); }
};
using context = std::unique_ptr<EVP_MD_CTX, context_closer>;

EVP_PKEY* raw(const std::shared_ptr<void>& key) {
  return static_cast<EVP_PKEY*>(key.get());
}

std::shared_ptr<void> own(EVP_PKEY* key) {
  return {key, [](void* x) { EVP_PKEY_free(static_cast<EVP_PKEY*>(x)); }};
}

bio reader(const std::string& text) {
  return bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

std::string written(BIO* from) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(from, &data);
  return {data, static_cast<std::size_t>(size)};
}

void add_u64(std::string& to, std::uint64_t x) {
  unsigned char bytes[8];
  boost::endian::store_big_u64(bytes, x);
  to.append(reinterpret_cast<const char*>(bytes), sizeof bytes);
}

/// The RFC's TreeHeadSignature: version 1, type tree_hash, ….
std::string signed_bytes(const tree_head& x) {
  std::string out{"\x00\x01", 2};
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(
      x.time.time_since_epoch());
  add_u64(out, static_cast<std::uint64_t>(ms.count()));
  add_u64(out, x.size);
  out += as_bytes(x.root);
  return out;
}

const unsigned char* bytes_of(const std::string& x) {
  return reinterpret_cast<const unsigned char*>(x.data());
}

/// A defect of the library, or no memory: nothing that a caller could repair.
void demand(bool done, const char* what) {
  if (!done)
    throw std::runtime_error{std::string{"OpenSSL cannot "} + what};
}

/// Instead of OpenSSL's own, which asks at the terminal.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

failure no_key(const char* kind) {
  return {errc::bad_request,
          std::string{"that is no Ed25519 "} + kind + " in PEM form",
          {},
          {}};
}

std::optional<hash256> hash_in(const json& x, const char* name) {
  const auto bytes = bytes_from_hex(text_or_empty(x, name));
  hash256 out{};
  if (!bytes || bytes->size() != out.size())
    return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return out;
}

}  // namespace

json to_json(const signed_head& x) {
  return {{"tree_size", x.head.size},
          {"root_hash", to_hex(x.head.root)},
          {"timestamp", to_iso8601(x.head.time)},
          {"log_id", to_hex(x.log_id)},
          {"algorithm", "ed25519"},
          {"signature", to_hex(x.signature)}};
}

result<signed_head> signed_head_from(const json& x) {
  const auto wrong = [](const char* what) {
    return failure{errc::bad_request, what, {}, {}};
  };
  if (!x.is_object() || !x.contains("tree_size") ||
      !x["tree_size"].is_number_unsigned())
    return wrong("no signed head: tree_size is missing");
  signed_head out;
  out.head.size = x["tree_size"].get<std::uint64_t>();
  const auto root = hash_in(x, "root_hash");
  const auto log_id = hash_in(x, "log_id");
  const auto time = parse_iso8601(text_or_empty(x, "timestamp"));
  const auto signature = bytes_from_hex(text_or_empty(x, "signature"));
  if (!root || !log_id)
    return wrong("no signed head: root_hash and log_id must be 64 hex digits");
  if (!time)
    return wrong("no signed head: timestamp is missing");
  if (!signature || signature->size() != signature_size)
    return wrong("no signed head: signature must be 128 hex digits");
  out.head.root = *root;
  out.head.time = *time;
  out.log_id = *log_id;
  out.signature = *signature;
  return out;
}

verifying_key::verifying_key(std::shared_ptr<void> key) : key_{std::move(key)} {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(raw(key_), &der);
  demand(size > 0, "encode a public key");
  log_id_ = sha256(
      {{reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)}});
  OPENSSL_free(der);
}

result<verifying_key> verifying_key::from_pem(const std::string& text) {
  auto* key =
      PEM_read_bio_PUBKEY(reader(text).get(), nullptr, no_passphrase, nullptr);
  if (!key)
    return no_key("public key");
  auto owned = own(key);
  if (EVP_PKEY_get_base_id(key) != EVP_PKEY_ED25519)
    return no_key("public key");
  return verifying_key{std::move(owned)};
}

std::string verifying_key::pem() const {
  const bio out{BIO_new(BIO_s_mem())};
  demand(PEM_write_bio_PUBKEY(out.get(), raw(key_)) == 1, "write a public key");
  return written(out.get());
}

bool verifying_key::verifies(const signed_head& x) const {
  if (x.log_id != log_id_ || x.signature.size() != signature_size)
    return false;
  const context with{EVP_MD_CTX_new()};
  const auto bytes = signed_bytes(x.head);
  return with &&
         EVP_DigestVerifyInit(with.get(), nullptr, nullptr, nullptr,
                              raw(key_)) == 1 &&
         EVP_DigestVerify(with.get(), bytes_of(x.signature), x.signature.size(),
                          bytes_of(bytes), bytes.size()) == 1;
}

result<signing_key> signing_key::generate() {
  auto* key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  if (!key)
    return failure{
        errc::internal, "no random bytes are to be had for a key", {}, {}};
  return signing_key{own(key)};
}

result<signing_key> signing_key::from_pem(const secret_text& text) {
  auto* key = PEM_read_bio_PrivateKey(reader(text.reveal()).get(), nullptr,
                                      no_passphrase, nullptr);
  if (!key)
    return no_key("private key");
  const auto owned = own(key);
  if (EVP_PKEY_get_base_id(key) != EVP_PKEY_ED25519)
    return no_key("private key");
  return signing_key{owned};
}

secret_text signing_key::pem() const {
  const bio out{BIO_new(BIO_s_secmem())};
  demand(PEM_write_bio_PKCS8PrivateKey(out.get(), raw(key_), nullptr, nullptr,
                                       0, nullptr, nullptr) == 1,
         "write a private key");
  return secret_text{written(out.get())};
}

signed_head signing_key::sign(std::uint64_t size, const hash256& root,
                              timestamp now) const {
  signed_head out;
  out.head = {size, root, std::chrono::floor<std::chrono::milliseconds>(now)};
  out.log_id = check_.log_id();
  out.signature.resize(signature_size);
  const context with{EVP_MD_CTX_new()};
  const auto bytes = signed_bytes(out.head);
  std::size_t length = out.signature.size();
  demand(
      with &&
          EVP_DigestSignInit(with.get(), nullptr, nullptr, nullptr,
                             raw(key_)) == 1 &&
          EVP_DigestSign(with.get(),
                         reinterpret_cast<unsigned char*>(out.signature.data()),
                         &length, bytes_of(bytes), bytes.size()) == 1 &&
          length == signature_size,
      "sign");
  return out;
}

}  // namespace closedpaw::audit
