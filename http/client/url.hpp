#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "messages/model/error.hpp"

namespace closedpaw::http {

/// An absolute http or https URL, taken apart (RFC 3986, RFC 9110 section 4.2).
struct url {
  bool secure = false;
  /// Lower case, without brackets; a name or an address.
  std::string host;
  std::uint16_t port = 80;
  /// Path and query as they go on the request line, still percent-encoded;
  /// never empty.
  std::string target = "/";

  /// "https://host:port", the port only where it is not the scheme's. Carries
  /// neither path nor query, so that it may appear in logs and failures.
  std::string origin() const;
  /// What the Host header says.
  std::string authority() const;
};

/// Refuses (errc::bad_request) what is not absolute http or https, has a
/// userinfo, a fragment, no host, or a port outside 1..65535. The failure does
/// not repeat the text: it may contain a secret.
result<url> parse_url(std::string_view text);

}  // namespace closedpaw::http
