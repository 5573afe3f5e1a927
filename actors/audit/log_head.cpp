#include "actors/audit/log_head.hpp"

#include <boost/endian/conversion.hpp>

namespace closedpaw::audit {

namespace {

void put(std::string& out, std::uint64_t x) {
  unsigned char bytes[8];
  boost::endian::store_big_u64(bytes, x);
  out.append(reinterpret_cast<const char*>(bytes), sizeof bytes);
}

std::uint64_t take(std::string_view& bytes) {
  const auto x = boost::endian::load_big_u64(
      reinterpret_cast<const unsigned char*>(bytes.data()));
  bytes.remove_prefix(8);
  return x;
}

}  // namespace

std::string to_bytes(const log_head& head) {
  std::string out;
  put(out, head.size());
  const auto us = head.last_time.time_since_epoch().count();
  put(out, static_cast<std::uint64_t>(us));
  return out += head.tree.peak_bytes();
}

std::optional<log_head> log_head_from_bytes(std::string_view bytes) {
  if (bytes.size() < 16)
    return std::nullopt;
  const auto size = take(bytes);
  const auto us = static_cast<std::int64_t>(take(bytes));
  auto tree = compact_range::from_peaks(size, bytes);
  if (!tree)
    return std::nullopt;
  return log_head{timestamp{std::chrono::microseconds{us}}, std::move(*tree)};
}

}  // namespace closedpaw::audit
