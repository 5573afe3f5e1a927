#pragma once

#include <openssl/crypto.h>

#include <algorithm>
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

/// Puts "[redacted]" wherever the text repeats the secret, or was cut short
/// ("…") while it did.
inline void mask(std::string& text, const secret_text& secret) {
  constexpr std::string_view instead = "[redacted]";
  constexpr std::string_view cut = "…";
  // Of any text the last letters may be some secret's first ones.
  constexpr std::size_t shortest = 4;
  const std::string_view whole = secret.reveal();
  if (whole.empty())
    return;
  for (auto at = text.find(whole); at != std::string::npos;
       at = text.find(whole, at + instead.size()))
    text.replace(at, whole.size(), instead);
  for (auto end = text.find(cut); end != std::string::npos;
       end = text.find(cut, end + cut.size()))
    for (auto n = std::min(whole.size() - 1, end); n >= shortest; --n)
      if (text.compare(end - n, n, whole, 0, n) == 0) {
        text.replace(end - n, n, instead);
        end += instead.size() - n;
        break;
      }
}

}  // namespace closedpaw
