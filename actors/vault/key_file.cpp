#include "actors/vault/key_file.hpp"

#include <fcntl.h>
#include <openssl/rand.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "actors/storage/store/data_dir.hpp"

namespace closedpaw::vault {

namespace {

using raw_key = std::array<std::uint8_t, encryption_key::size>;
constexpr std::size_t text_size = encryption_key::size * 2;

failure trouble(const std::filesystem::path& file, const std::string& what) {
  return {errc::storage_failed, file.string() + ": " + what, {}, {}};
}

failure system_trouble(const std::filesystem::path& file, const char* doing) {
  return trouble(file, std::string{doing} + " failed: " + std::strerror(errno));
}

result<encryption_key> read_key(const std::filesystem::path& file,
                                const file_descriptor& fd) {
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0)
    return system_trouble(file, "reading");
  if (!S_ISREG(info.st_mode) || info.st_uid != ::geteuid() ||
      (info.st_mode & 077) != 0)
    return trouble(file,
                   "the vault's key must be a plain file of ours that nobody "
                   "else may read; chmod 600 it, and change the secrets if "
                   "others could");
  std::array<char, text_size> text{};
  if (::read(fd.get(), text.data(), text.size()) !=
      static_cast<ssize_t>(text.size()))
    return trouble(file, "it is shorter than a key; put the right one back");
  raw_key raw{};
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                             : -1;
    if (digit < 0)
      return trouble(file, "it holds no key; put the right one back");
    raw[i / 2] = static_cast<std::uint8_t>(raw[i / 2] * 16 + digit);
  }
  encryption_key key{raw};
  OPENSSL_cleanse(raw.data(), raw.size());
  OPENSSL_cleanse(text.data(), text.size());
  return key;
}

// Whole or not at all: the name appears when the content is on the disk.
result<encryption_key> create_key(const std::filesystem::path& file) {
  raw_key raw{};
  if (RAND_bytes(raw.data(), static_cast<int>(raw.size())) != 1)
    return trouble(file, "no random bytes are to be had for a key");
  constexpr std::string_view digits = "0123456789abcdef";
  std::array<char, text_size + 1> text{};
  for (std::size_t i = 0; i < raw.size(); ++i) {
    text[2 * i] = digits[raw[i] >> 4];
    text[2 * i + 1] = digits[raw[i] & 15];
  }
  text[text_size] = '\n';
  encryption_key key{raw};
  OPENSSL_cleanse(raw.data(), raw.size());
  auto fresh = file;
  fresh += ".new";
  ::unlink(fresh.c_str());
  const file_descriptor fd{
      ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  const bool written = fd &&
                       ::write(fd.get(), text.data(), text.size()) ==
                           static_cast<ssize_t>(text.size()) &&
                       ::fsync(fd.get()) == 0 &&
                       ::rename(fresh.c_str(), file.c_str()) == 0;
  OPENSSL_cleanse(text.data(), text.size());
  if (!written)
    return system_trouble(file, "creating the vault's key");
  if (auto synced = storage::sync_directory(file.parent_path()); !synced)
    return synced.error();
  return key;
}

}  // namespace

result<encryption_key> load_or_create_key(
    const std::filesystem::path& data_dir) {
  const auto file = data_dir / "vault.key";
  const file_descriptor fd{
      ::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC)};
  if (fd)
    return read_key(file, fd);
  if (errno != ENOENT)
    return system_trouble(file, "opening the vault's key");
  return create_key(file);
}

}  // namespace closedpaw::vault
