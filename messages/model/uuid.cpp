#include "messages/model/uuid.hpp"

#include <sys/random.h>

#include <mutex>
#include <stdexcept>

namespace closedpaw {

namespace {

// 74 random bits per id cost a system call each; taken in blocks instead.
class entropy {
 public:
  void take(std::uint8_t* out, std::size_t n) {
    if (used_ + n > pool_.size()) {
      if (getrandom(pool_.data(), pool_.size(), 0) !=
          static_cast<ssize_t>(pool_.size()))
        throw std::runtime_error{"getrandom failed"};
      used_ = 0;
    }
    for (std::size_t i = 0; i < n; ++i)
      out[i] = pool_[used_++];
  }

 private:
  std::array<std::uint8_t, 256> pool_{};
  std::size_t used_ = pool_.size();
};

constexpr char hex_digits[] = "0123456789abcdef";

int hex_value(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

constexpr bool dash_before(std::size_t byte) {
  return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

}  // namespace

uuid make_uuid(timestamp now) {
  static std::mutex mutex;
  static entropy random;
  static std::uint64_t last = 0;
  // 48 bits of milliseconds and 12 bits of the microseconds below them, kept
  // strictly increasing (RFC 9562, section 6.2, method 3).
  const auto us = static_cast<std::uint64_t>(now.time_since_epoch().count());
  std::uint64_t stamp = ((us / 1000) << 12) | ((us % 1000) * 4096 / 1000);
  uuid id;
  {
    std::lock_guard guard{mutex};
    if (stamp <= last)
      stamp = last + 1;
    last = stamp;
    random.take(id.bytes.data() + 8, 8);
  }
  const std::uint64_t ms = stamp >> 12;
  for (int i = 0; i < 6; ++i)
    id.bytes[i] = static_cast<std::uint8_t>(ms >> (8 * (5 - i)));
  id.bytes[6] = static_cast<std::uint8_t>(0x70 | ((stamp >> 8) & 0x0f));
  id.bytes[7] = static_cast<std::uint8_t>(stamp);
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);
  return id;
}

uuid_text::uuid_text(const uuid& id) {
  char* to = text.data();
  for (std::size_t i = 0; i < 16; ++i) {
    if (dash_before(i))
      *to++ = '-';
    *to++ = hex_digits[id.bytes[i] >> 4];
    *to++ = hex_digits[id.bytes[i] & 15];
  }
}

std::string to_string(const uuid& id) {
  return std::string{std::string_view{uuid_text{id}}};
}

std::optional<uuid> parse_uuid(std::string_view text) {
  if (text.size() != 36)
    return std::nullopt;
  uuid id;
  std::size_t at = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    if (dash_before(i) && text[at++] != '-')
      return std::nullopt;
    const int high = hex_value(text[at]);
    const int low = hex_value(text[at + 1]);
    if (high < 0 || low < 0)
      return std::nullopt;
    id.bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
    at += 2;
  }
  return id;
}

}  // namespace closedpaw
