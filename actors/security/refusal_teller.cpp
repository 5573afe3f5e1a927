#include "actors/security/refusal_teller.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <utility>

namespace closedpaw::security {

namespace {

constexpr double one_a_minute = 1.0 / 60;
constexpr double one_a_second = 1;

}  // namespace

std::string network_name(std::string_view peer) {
  constexpr std::string_view prefix = "ip:";
  std::string name{peer};
  in6_addr address{};
  if (!peer.starts_with(prefix) ||
      inet_pton(AF_INET6, name.c_str() + prefix.size(), &address) != 1)
    return name;
  std::fill(std::begin(address.s6_addr) + 8, std::end(address.s6_addr), 0);
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(AF_INET6, &address, text.data(), text.size());
  return std::string{prefix} + text.data() + "/64";
}

refusal_teller::network& refusal_teller::network_of(std::string_view peer,
                                                    time_point now) {
  auto name = network_name(peer);
  const auto it = std::ranges::find(recent_, name, &network::name);
  if (it != recent_.end()) {
    recent_.splice(recent_.begin(), recent_, it);
    return recent_.front();
  }
  if (recent_.size() >= most_networks)
    recent_.pop_back();
  recent_.push_front({std::move(name), {one_a_minute, told_at_once, now}});
  return recent_.front();
}

std::optional<std::uint64_t> refusal_teller::refused(std::string_view peer,
                                                     time_point now) {
  auto& from = network_of(peer, now);
  ++from.untold;
  if (!of_all_)
    of_all_.emplace(one_a_second, told_of_all, now);
  if (from.events.take(now) || of_all_->take(now))
    return std::nullopt;
  return std::exchange(from.untold, 0);
}

}  // namespace closedpaw::security
