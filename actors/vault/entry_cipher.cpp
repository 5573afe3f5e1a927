#include "actors/vault/entry_cipher.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <memory>
#include <vector>

#include "messages/model/hex.hpp"
#include "messages/model/json.hpp"
#include "messages/model/sha256.hpp"

namespace closedpaw::vault {

namespace {

constexpr int nonce_size = 12;
constexpr int tag_size = 16;
using bytes = std::vector<std::uint8_t>;
using context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

failure broken(std::string_view what) {
  return {errc::storage_failed, "vault: " + std::string{what}, {}, {}};
}

const std::uint8_t* raw(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

std::string hex_of(const bytes& from) {
  return to_hex(std::string_view{reinterpret_cast<const char*>(from.data()),
                                 from.size()});
}

std::optional<bytes> bytes_in(std::string_view text) {
  const auto decoded = bytes_from_hex(text);
  if (!decoded)
    return std::nullopt;
  return bytes{decoded->begin(), decoded->end()};
}

/// What is authenticated; the first part's length keeps the parts apart.
std::string associated(const entry_label& x) {
  return std::to_string(x.name.size()) + ':' + std::string{x.name} +
         std::string{to_string(x.level)} + ' ' + std::string{x.audience};
}

std::string member(const json& entry, const char* field) {
  const auto it = entry.find(field);
  return it != entry.end() && it->is_string() ? it->get<std::string>()
                                              : std::string{};
}

result<json> parse_entry(std::string_view name, std::string_view sealed) {
  auto entry = parse_json(sealed);
  if (!entry || !entry->is_object() || entry->value("v", json()) != json(2) ||
      !parse_access_level(member(*entry, "level")))
    return broken("the entry " + std::string{name} +
                  " is not of a form that this version knows; store the "
                  "secret again");
  return std::move(*entry);
}

/// A context that has the key, the nonce and the label; null when OpenSSL
/// fails.
context begin(const encryption_key& key, const bytes& nonce,
              const entry_label& label, int encrypt) {
  const auto name = associated(label);
  context c{EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free};
  int done = 0;
  const bool ok = c &&
                  EVP_CipherInit_ex(c.get(), EVP_aes_256_gcm(), nullptr,
                                    key.data(), nonce.data(), encrypt) == 1 &&
                  EVP_CipherUpdate(c.get(), nullptr, &done, raw(name),
                                   static_cast<int>(name.size())) == 1;
  return ok ? std::move(c) : context{nullptr, &EVP_CIPHER_CTX_free};
}

result<secret_text> decrypt(const encryption_key& key, const entry_label& label,
                            const json& entry) {
  const std::string name{label.name};
  const auto nonce = bytes_in(member(entry, "nonce"));
  const auto cipher = bytes_in(member(entry, "data"));
  auto tag = bytes_in(member(entry, "tag"));
  if (!nonce || nonce->size() != nonce_size || !cipher || !tag ||
      tag->size() != tag_size)
    return broken("the entry " + name + " is damaged");
  const auto c = begin(key, *nonce, label, 0);
  std::string plain(cipher->size(), '\0');
  auto* out = reinterpret_cast<std::uint8_t*>(plain.data());
  int done = 0;
  int last = 0;
  const bool ok = c &&
                  EVP_CipherUpdate(c.get(), out, &done, cipher->data(),
                                   static_cast<int>(cipher->size())) == 1 &&
                  EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_SET_TAG, tag_size,
                                      tag->data()) == 1 &&
                  EVP_CipherFinal_ex(c.get(), out + done, &last) == 1;
  secret_text value{std::move(plain)};
  if (!ok)
    return broken("the entry " + name +
                  " is damaged, or was moved here from another name");
  return {boost::system::in_place_value, std::move(value)};
}

}  // namespace

std::string encryption_key::id() const {
  const auto digest = sha256({std::string_view{
      reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}});
  return hex_of({digest.begin(), digest.begin() + 8});
}

result<std::string> seal(const encryption_key& key, const entry_label& label,
                         const secret_text& value) {
  bytes nonce(nonce_size);
  if (RAND_bytes(nonce.data(), nonce_size) != 1)
    return broken("no random bytes are to be had");
  const auto c = begin(key, nonce, label, 1);
  const auto& plain = value.reveal();
  bytes cipher(plain.size());
  bytes tag(tag_size);
  int done = 0;
  int last = 0;
  const bool ok =
      c &&
      EVP_CipherUpdate(c.get(), cipher.data(), &done, raw(plain),
                       static_cast<int>(plain.size())) == 1 &&
      EVP_CipherFinal_ex(c.get(), cipher.data() + done, &last) == 1 &&
      EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_GET_TAG, tag_size,
                          tag.data()) == 1;
  if (!ok)
    return broken("encryption failed");
  return dump(json{{"v", 2},
                   {"key", key.id()},
                   {"audience", label.audience},
                   {"level", to_string(label.level)},
                   {"nonce", hex_of(nonce)},
                   {"data", hex_of(cipher)},
                   {"tag", hex_of(tag)}});
}

result<entry_facts> facts_of(std::string_view name, std::string_view sealed) {
  const auto entry = parse_entry(name, sealed);
  if (!entry)
    return entry.error();
  return entry_facts{member(*entry, "audience"),
                     *parse_access_level(member(*entry, "level")),
                     member(*entry, "key")};
}

result<secret_text> open(const encryption_key& key, const entry_reader& reader,
                         std::string_view sealed) {
  const std::string name{reader.name};
  const auto entry = parse_entry(name, sealed);
  if (!entry)
    return entry.error();
  if (member(*entry, "key") != key.id())
    return broken("the entry " + name +
                  " was made with another key; store the secret again");
  const auto audience = member(*entry, "audience");
  if (audience != reader.audience)
    return failure{errc::not_found,
                   "the secret " + name + " is for " + audience +
                       ", and is not given to " + std::string{reader.audience},
                   {},
                   {}};
  const auto level = *parse_access_level(member(*entry, "level"));
  if (level > reader.clearance)
    return failure{errc::forbidden,
                   "the secret " + name + " has the level " +
                       std::string{to_string(level)} +
                       ", and who asks for it " +
                       std::string{to_string(reader.clearance)},
                   {},
                   {}};
  return decrypt(key, {reader.name, audience, level}, *entry);
}

}  // namespace closedpaw::vault
