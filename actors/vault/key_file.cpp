#include "actors/vault/key_file.hpp"

#include <openssl/rand.h>

#include "actors/storage/store/private_file.hpp"
#include "messages/model/hex.hpp"

namespace closedpaw::vault {

namespace {

using raw_key = std::array<std::uint8_t, encryption_key::size>;
constexpr std::size_t text_size = encryption_key::size * 2;

failure trouble(const std::filesystem::path& file, const std::string& what) {
  return {errc::storage_failed, file.string() + ": " + what, {}, {}};
}

result<encryption_key> key_in(const std::filesystem::path& file,
                              const secret_text& content) {
  const auto& text = content.reveal();
  if (text.size() < text_size)
    return trouble(file, "it is shorter than a key; put the right one back");
  auto decoded = bytes_from_hex(std::string_view{text}.substr(0, text_size));
  if (!decoded)
    return trouble(file, "it holds no key; put the right one back");
  const secret_text wiped{std::move(*decoded)};
  raw_key raw{};
  std::copy(wiped.reveal().begin(), wiped.reveal().end(), raw.begin());
  encryption_key key{raw};
  OPENSSL_cleanse(raw.data(), raw.size());
  return key;
}

result<encryption_key> create_key(const std::filesystem::path& file) {
  raw_key raw{};
  if (RAND_bytes(raw.data(), static_cast<int>(raw.size())) != 1)
    return trouble(file, "no random bytes are to be had for a key");
  const std::string_view made{reinterpret_cast<const char*>(raw.data()),
                              raw.size()};
  const auto written =
      storage::write_private_file(file, secret_text{to_hex(made) + '\n'});
  encryption_key key{raw};
  OPENSSL_cleanse(raw.data(), raw.size());
  if (!written)
    return written.error();
  return key;
}

}  // namespace

result<encryption_key> load_or_create_key(
    const std::filesystem::path& data_dir) {
  const auto file = data_dir / "vault.key";
  const auto content = storage::read_private_file(file);
  if (!content)
    return content.error();
  return *content ? key_in(file, **content) : create_key(file);
}

}  // namespace closedpaw::vault
