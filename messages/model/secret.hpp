#pragma once

#include <openssl/crypto.h>

#include <string>
#include <string_view>
#include <utility>

namespace closedpaw {

/// A key or a token: wiped when it goes, and never converted to text by
/// accident.
class secret_text {
 public:
  secret_text() = default;
  explicit secret_text(std::string value) : value_{std::move(value)} {}
  secret_text(const secret_text&) = default;
  secret_text(secret_text&& other) noexcept {
    value_.swap(other.value_);
    other.wipe();
  }
  secret_text& operator=(secret_text other) noexcept {
    value_.swap(other.value_);
    return *this;
  }
  ~secret_text() { wipe(); }

  const std::string& reveal() const { return value_; }
  bool empty() const { return value_.empty(); }
  /// All that it has room for: a short text that was swapped away is still
  /// there.
  void wipe() {
    value_.resize(value_.capacity());
    OPENSSL_cleanse(value_.data(), value_.size());
    value_.clear();
  }

 private:
  std::string value_;
};

/// Puts "[redacted]" wherever the text repeats the secret.
inline void mask(std::string& text, const secret_text& secret) {
  constexpr std::string_view instead = "[redacted]";
  if (secret.empty())
    return;
  for (auto at = text.find(secret.reveal()); at != std::string::npos;
       at = text.find(secret.reveal(), at + instead.size()))
    text.replace(at, secret.reveal().size(), instead);
}

}  // namespace closedpaw
