#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messages/model/error.hpp"

namespace closedpaw::security {

/// What counts as ours. Build it with `make_policy`.
struct policy {
  /// "127.0.0.1:8000", …: lower case, with the port; without it too on port 80.
  std::vector<std::string> hosts;
  /// "http://localhost:3000", …: our own and the configured frontends.
  std::vector<std::string> origins;
};

/// Loopback names and the address listened on, with `port`, their own origins
/// and `frontends`.
policy make_policy(std::uint16_t port, std::vector<std::string> frontends,
                   const std::string& address = "127.0.0.1");

/// Of those who come over TLS from other machines, under these names.
policy make_remote_policy(std::uint16_t port,
                          const std::vector<std::string>& names);

/// What the checks look at. Header names are lower case.
struct request_view {
  std::string_view method{};
  std::string_view path{};
  std::span<const std::pair<std::string, std::string>> headers{};
  /// Of an absolute-form target, checked like Host (RFC 9112, section 3.2.2).
  std::optional<std::string_view> authority{};
  bool has_body = false;
};

/// Refuses what a local client of ours would never send: a foreign Host (DNS
/// rebinding), proxy headers, a foreign Origin where state changes or streams,
/// and bodies that a page may post without a preflight. Pure.
std::optional<failure> check_request(const request_view& request,
                                     const policy& ours);

bool origin_allowed(std::string_view origin, const policy& ours);

/// A loopback name with our port, whatever its case.
bool host_allowed(std::string_view host, const policy& ours);

}  // namespace closedpaw::security
