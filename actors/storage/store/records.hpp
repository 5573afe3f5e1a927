#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
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

/// Events that one unit wrote: sequence of the first u64 ‖ how many u8.
struct event_run {
  static constexpr std::size_t size = 9;

  std::uint64_t first = 0;
  std::uint8_t count = 0;

  std::uint64_t end() const { return first + count; }

  void append_to(std::string& out) const {
    out += std::string_view{sequence_key(first)};
    out += static_cast<char>(count);
  }
};

/// A value of `actions`: version u64 ‖ status u8 ‖ number of runs u8 ‖ the
/// runs, oldest first ‖ the row's bytes. The runs are all events of the action:
/// an index of their own would cost every commit pages of its own.
struct row_record {
  static constexpr std::size_t head_size = 10;
  static constexpr std::size_t max_runs = 255;

  std::uint64_t version = 0;
  action_status status{};
  std::string_view runs;
  std::string_view bytes;

  static std::optional<row_record> parse(std::string_view value) {
    if (value.size() < head_size ||
        value[8] > static_cast<char>(action_status::failed) || value[8] < 0)
      return std::nullopt;
    const auto size = event_run::size * static_cast<unsigned char>(value[9]);
    if (size == 0 || value.size() < head_size + size)
      return std::nullopt;
    return row_record{read_u64(value), static_cast<action_status>(value[8]),
                      value.substr(head_size, size),
                      value.substr(head_size + size)};
  }

  std::size_t run_count() const { return runs.size() / event_run::size; }
  event_run run(std::size_t i) const {
    const auto at = runs.substr(i * event_run::size);
    return {read_u64(at), static_cast<std::uint8_t>(at[8])};
  }
  event_run last_run() const { return run(run_count() - 1); }

  std::size_t size() const { return head_size + runs.size() + bytes.size(); }

  /// `to` has room for size() bytes.
  void write(char* to) const {
    auto* const out = reinterpret_cast<unsigned char*>(to);
    boost::endian::store_big_u64(out, version);
    out[8] = static_cast<unsigned char>(status);
    out[9] = static_cast<unsigned char>(run_count());
    // std::ranges::copy goes byte by byte here.
    std::memcpy(to + head_size, runs.data(), runs.size());
    std::memcpy(to + head_size + runs.size(), bytes.data(), bytes.size());
  }
};

}  // namespace closedpaw::storage
