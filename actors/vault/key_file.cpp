#include "actors/vault/key_file.hpp"

#include <openssl/rand.h>

#include "actors/storage/store/private_file.hpp"
#include "messages/model/hex.hpp"

namespace closedpaw::vault {

namespace {

using raw_key = std::array<std::uint8_t, encryption_key::size>;
constexpr std::size_t text_size = encryption_key::size * 2;

encryption_key key_of(raw_key& raw) {
  encryption_key key{raw};
  OPENSSL_cleanse(raw.data(), raw.size());
  return key;
}

}  // namespace

result<encryption_key> random_key() {
  raw_key raw{};
  if (RAND_bytes(raw.data(), static_cast<int>(raw.size())) != 1)
    return failure{errc::storage_failed,
                   "vault: no random bytes are to be had for a key",
                   {},
                   {}};
  return key_of(raw);
}

result<encryption_key> key_in(const secret_text& content,
                              const std::string& where) {
  std::string_view text = content.reveal();
  raw_key raw{};
  if (text.size() == raw.size()) {
    std::copy(text.begin(), text.end(), raw.begin());
    return key_of(raw);
  }
  while (text.ends_with('\n') || text.ends_with('\r'))
    text.remove_suffix(1);
  auto decoded = text.size() == text_size ? bytes_from_hex(text) : std::nullopt;
  if (!decoded)
    return failure{errc::storage_failed,
                   where +
                       ": it holds no key (64 hex digits); put the right one "
                       "back",
                   {},
                   {}};
  const secret_text wiped{std::move(*decoded)};
  std::copy(wiped.reveal().begin(), wiped.reveal().end(), raw.begin());
  return key_of(raw);
}

result<std::optional<encryption_key>> read_key_file(
    const std::filesystem::path& file) {
  const auto content = storage::read_private_file(file);
  if (!content)
    return content.error();
  if (!*content)
    return std::optional<encryption_key>{};
  auto key = key_in(**content, file.string());
  if (!key)
    return key.error();
  return std::optional{*key};
}

result<void> write_key_file(const std::filesystem::path& file,
                            const encryption_key& key) {
  const std::string_view bytes{reinterpret_cast<const char*>(key.data()),
                               encryption_key::size};
  return storage::write_private_file(file, secret_text{to_hex(bytes) + '\n'});
}

}  // namespace closedpaw::vault
