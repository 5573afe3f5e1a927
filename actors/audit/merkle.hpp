#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/model/sha256.hpp"

namespace closedpaw::audit {

/// RFC 6962, section 2.1: SHA-256(0x00 ‖ data).
hash256 leaf_hash(std::string_view data);

/// RFC 6962, section 2.1: SHA-256(0x01 ‖ left ‖ right).
hash256 node_hash(const hash256& left, const hash256& right);

/// The root of an append-only Merkle tree in logarithmic space: the roots of
/// its complete subtrees ("peaks"), largest first, one for each bit that is
/// set in the number of leaves.
class compact_range {
 public:
  std::uint64_t size() const { return size_; }
  const std::vector<hash256>& peaks() const { return peaks_; }

  /// Adds a leaf and calls `on_node(level, index, hash)` for each subtree of
  /// level 1 and above that is now complete, lowest first. The node covers
  /// the leaves [index << level, (index + 1) << level).
  template <class OnNode>
  void append(const hash256& leaf, OnNode&& on_node) {
    hash256 hash = leaf;
    const std::uint64_t at = size_++;
    for (std::uint8_t level = 0; ((at >> level) & 1) != 0;) {
      hash = node_hash(peaks_.back(), hash);
      peaks_.pop_back();
      ++level;
      on_node(level, at >> level, hash);
    }
    peaks_.push_back(hash);
  }

  void append(const hash256& leaf) {
    append(leaf, [](std::uint8_t, std::uint64_t, const hash256&) {});
  }

  /// The RFC's MTH of all leaves; of none, the hash of the empty string.
  hash256 root() const;

  /// The peaks one after another, 32 bytes each.
  std::string peak_bytes() const;

  /// Nothing when `bytes` are not the peaks of that many leaves.
  static std::optional<compact_range> from_peaks(std::uint64_t size,
                                                 std::string_view bytes);

  bool operator==(const compact_range&) const = default;

 private:
  std::uint64_t size_ = 0;
  std::vector<hash256> peaks_;
};

}  // namespace closedpaw::audit
