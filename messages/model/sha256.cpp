#include "messages/model/sha256.hpp"

#include <openssl/evp.h>

#include <istream>
#include <memory>
#include <stdexcept>

#include "messages/model/hex.hpp"

namespace closedpaw {

namespace {

void require(bool ok) {
  if (!ok)
    throw std::runtime_error{"OpenSSL has no working SHA-256"};
}

// Fetching an algorithm takes longer than hashing an event with it.
EVP_MD* algorithm() {
  static EVP_MD* const md = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return md;
}

struct context_deleter {
  void operator()(EVP_MD_CTX* x) const { EVP_MD_CTX_free(x); }
};

EVP_MD_CTX* context() {
  thread_local const std::unique_ptr<EVP_MD_CTX, context_deleter> mine = [] {
    std::unique_ptr<EVP_MD_CTX, context_deleter> x{EVP_MD_CTX_new()};
    require(x && EVP_DigestInit_ex2(x.get(), algorithm(), nullptr) == 1);
    return x;
  }();
  return mine.get();
}

}  // namespace

hash256 sha256(std::initializer_list<std::string_view> parts) {
  auto* const ctx = context();
  hash256 out;
  require(EVP_DigestInit_ex2(ctx, nullptr, nullptr) == 1);
  for (const auto part : parts)
    require(EVP_DigestUpdate(ctx, part.data(), part.size()) == 1);
  require(EVP_DigestFinal_ex(ctx, out.data(), nullptr) == 1);
  return out;
}

hash256 sha256(std::istream& in) {
  auto* const ctx = context();
  hash256 out;
  require(EVP_DigestInit_ex2(ctx, nullptr, nullptr) == 1);
  std::array<char, 16'384> block;
  while (in.read(block.data(), block.size()) || in.gcount() > 0)
    require(EVP_DigestUpdate(ctx, block.data(),
                             static_cast<std::size_t>(in.gcount())) == 1);
  require(EVP_DigestFinal_ex(ctx, out.data(), nullptr) == 1);
  return out;
}

std::string to_hex(const hash256& hash) {
  return to_hex(as_bytes(hash));
}

}  // namespace closedpaw
