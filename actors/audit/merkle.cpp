#include "actors/audit/merkle.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace closedpaw::audit {

hash256 leaf_hash(std::string_view data) {
  return sha256({std::string_view{"\x00", 1}, data});
}

hash256 node_hash(const hash256& left, const hash256& right) {
  // In one call: each costs OpenSSL as much as these 65 bytes do.
  std::array<std::uint8_t, 1 + 2 * sizeof(hash256)> both;
  both[0] = 1;
  std::memcpy(both.data() + 1, left.data(), left.size());
  std::memcpy(both.data() + 1 + left.size(), right.data(), right.size());
  return sha256({{reinterpret_cast<const char*>(both.data()), both.size()}});
}

hash256 compact_range::root() const {
  if (peaks_.empty())
    return sha256({});
  hash256 out = peaks_.back();
  for (auto peak = peaks_.rbegin() + 1; peak != peaks_.rend(); ++peak)
    out = node_hash(*peak, out);
  return out;
}

std::string compact_range::peak_bytes() const {
  std::string out;
  out.reserve(peaks_.size() * sizeof(hash256));
  for (const auto& peak : peaks_)
    out += as_bytes(peak);
  return out;
}

std::optional<compact_range> compact_range::from_peaks(std::uint64_t size,
                                                       std::string_view bytes) {
  const auto count = static_cast<std::size_t>(std::popcount(size));
  if (bytes.size() != count * sizeof(hash256))
    return std::nullopt;
  compact_range out;
  out.size_ = size;
  out.peaks_.resize(count);
  for (auto& peak : out.peaks_) {
    std::copy_n(bytes.begin(), peak.size(), peak.begin());
    bytes.remove_prefix(peak.size());
  }
  return out;
}

}  // namespace closedpaw::audit
