#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "messages/model/time.hpp"

namespace closedpaw {

/// A UUID. Ours are version 7 (RFC 9562): they sort by time, so that rows keyed
/// by them are appended to the store rather than scattered over it.
struct uuid {
  std::array<std::uint8_t, 16> bytes{};

  auto operator<=>(const uuid&) const = default;
  bool is_nil() const { return *this == uuid{}; }
};

/// A new version 7 UUID; strictly increasing within the process. Thread-safe.
uuid make_uuid(timestamp now);

/// The lower-case 36-character form.
std::string to_string(const uuid& id);

/// The same without an allocation.
struct uuid_text {
  explicit uuid_text(const uuid& id);
  operator std::string_view() const { return {text.data(), text.size()}; }

  std::array<char, 36> text;
};

/// Reads the 36-character form, either case.
std::optional<uuid> parse_uuid(std::string_view text);

}  // namespace closedpaw
