#pragma once

#include <algorithm>
#include <array>
#include <boost/endian/conversion.hpp>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "messages/model/uuid.hpp"

namespace closedpaw::storage {

/// The bytes of a key or of a value's head; integers are big-endian, so that
/// LMDB's byte order is their order.
template <std::size_t N>
struct key_bytes {
  std::array<unsigned char, N> bytes{};

  operator std::string_view() const {
    return {reinterpret_cast<const char*>(bytes.data()), N};
  }
};

inline std::string_view view_of(const uuid& id) {
  return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()};
}

inline uuid uuid_from(std::string_view sixteen_bytes) {
  uuid out;
  std::copy_n(sixteen_bytes.begin(), out.bytes.size(), out.bytes.begin());
  return out;
}

/// `bytes` has eight bytes at least.
inline std::uint64_t read_u64(std::string_view bytes) {
  return boost::endian::load_big_u64(
      reinterpret_cast<const unsigned char*>(bytes.data()));
}

/// audit: the sequence.
inline key_bytes<8> sequence_key(std::uint64_t sequence) {
  key_bytes<8> out;
  boost::endian::store_big_u64(out.bytes.data(), sequence);
  return out;
}

/// nodes: level ‖ index.
inline key_bytes<9> node_key(std::uint8_t level, std::uint64_t index) {
  key_bytes<9> out;
  out.bytes[0] = level;
  boost::endian::store_big_u64(out.bytes.data() + 1, index);
  return out;
}

}  // namespace closedpaw::storage
