#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <string>
#include <string_view>

namespace closedpaw {

using hash256 = std::array<std::uint8_t, 32>;

/// SHA-256 (FIPS 180-4) over the parts one after another. Any thread; each
/// reuses its own context.
hash256 sha256(std::initializer_list<std::string_view> parts);

/// Over all that is left in a stream, a block at a time.
hash256 sha256(std::istream& in);

/// The hash as the bytes of a stored value.
inline std::string_view as_bytes(const hash256& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

/// Lower-case hex, 64 characters.
std::string to_hex(const hash256& hash);

}  // namespace closedpaw
