#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/server/exchange.hpp"

namespace closedpaw::http {

/// A request target taken apart; nothing is percent-decoded.
struct request_target {
  std::string path;
  std::string query;
  /// The host of an absolute form.
  std::optional<std::string> authority;
};

/// Reads the origin form, the absolute form with http, and '*' for OPTIONS
/// (RFC 9112, section 3.2). Nothing for what is not printable ASCII, has a
/// fragment, or hides a control character in its path. Pure.
std::optional<request_target> read_target(std::string_view text, method verb);

}  // namespace closedpaw::http
