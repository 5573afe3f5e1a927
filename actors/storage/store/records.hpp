#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "actors/storage/store/keys.hpp"
#include "messages/model/action.hpp"
#include "messages/model/sha256.hpp"

namespace closedpaw::storage {

/// Subtrees of fewer leaves are recomputed from the leaf hashes: cheap, and
/// appends stay fast.
inline constexpr std::uint8_t lowest_stored_level = 8;
inline constexpr std::uint64_t block_size = std::uint64_t{1}
                                            << lowest_stored_level;

/// A value of `audit`: leaf hash ‖ canonical bytes.
struct audit_record {
  std::string_view leaf;
  std::string_view bytes;

  static std::optional<audit_record> parse(std::string_view value) {
    constexpr auto n = sizeof(hash256);
    if (value.size() < n)
      return std::nullopt;
    return audit_record{value.substr(0, n), value.substr(n)};
  }
};

/// A value of `actions`: version u64 ‖ sequence of the first event that was
/// written with it u64 ‖ status u8 ‖ the row's bytes.
struct row_record {
  static constexpr std::size_t head_size = 17;

  std::uint64_t version = 0;
  std::uint64_t first_sequence = 0;
  action_status status{};
  std::string_view bytes;

  static std::optional<row_record> parse(std::string_view value) {
    if (value.size() < head_size ||
        value[16] > static_cast<char>(action_status::failed) || value[16] < 0)
      return std::nullopt;
    return row_record{read_u64(value), read_u64(value.substr(8)),
                      static_cast<action_status>(value[16]),
                      value.substr(head_size)};
  }

  std::size_t size() const { return head_size + bytes.size(); }

  /// `to` has room for size() bytes.
  void write(char* to) const {
    auto* const out = reinterpret_cast<unsigned char*>(to);
    boost::endian::store_big_u64(out, version);
    boost::endian::store_big_u64(out + 8, first_sequence);
    out[16] = static_cast<unsigned char>(status);
    std::ranges::copy(bytes, to + head_size);
  }
};

}  // namespace closedpaw::storage
