#include "actors/vault/passphrase.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "messages/model/hex.hpp"

namespace closedpaw::vault {

namespace {

constexpr std::size_t salt_size = 16;
constexpr std::uint64_t most_memory = std::uint64_t{1} << 30;

std::uint64_t memory_of(const scrypt_parameters& x) {
  return 128 * x.r * (x.n + x.p + 2);
}

}  // namespace

json to_json(const scrypt_parameters& x) {
  return {{"salt", x.salt}, {"n", x.n}, {"r", x.r}, {"p", x.p}};
}

std::optional<scrypt_parameters> scrypt_from(const json& x) {
  const auto number = [&x](const char* field) -> std::uint64_t {
    const auto it = x.find(field);
    return it != x.end() && it->is_number_unsigned() ? it->get<std::uint64_t>()
                                                     : 0;
  };
  const auto salt = x.is_object() ? x.find("salt") : x.end();
  if (salt == x.end() || !salt->is_string())
    return std::nullopt;
  scrypt_parameters out{salt->get<std::string>(), number("n"), number("r"),
                        number("p")};
  const auto bytes = bytes_from_hex(out.salt);
  constexpr std::uint64_t most = std::uint64_t{1} << 24;
  if (!bytes || bytes->size() != salt_size || out.n < 2 || out.n > most ||
      (out.n & (out.n - 1)) != 0 || out.r == 0 || out.r > 64 || out.p == 0 ||
      out.p > 64 || memory_of(out) > most_memory)
    return std::nullopt;
  return out;
}

result<scrypt_parameters> new_parameters() {
  std::array<unsigned char, salt_size> salt{};
  if (RAND_bytes(salt.data(), static_cast<int>(salt.size())) != 1)
    return failure{errc::storage_failed,
                   "vault: no random bytes are to be had for a salt",
                   {},
                   {}};
  scrypt_parameters out;
  out.salt = to_hex(std::string_view{reinterpret_cast<const char*>(salt.data()),
                                     salt.size()});
  return out;
}

result<encryption_key> derive_key(const secret_text& passphrase,
                                  const scrypt_parameters& how) {
  const auto salt = bytes_from_hex(how.salt);
  std::array<std::uint8_t, encryption_key::size> raw{};
  const auto& text = passphrase.reveal();
  if (!salt ||
      EVP_PBE_scrypt(text.data(), text.size(),
                     reinterpret_cast<const unsigned char*>(salt->data()),
                     salt->size(), how.n, how.r, how.p, memory_of(how),
                     raw.data(), raw.size()) != 1)
    return failure{errc::storage_failed,
                   "vault: scrypt failed; it needs " +
                       std::to_string(memory_of(how) >> 20) +
                       " MiB of memory for a moment",
                   {},
                   {}};
  encryption_key key{raw};
  OPENSSL_cleanse(raw.data(), raw.size());
  return key;
}

}  // namespace closedpaw::vault
