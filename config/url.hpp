#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace closedpaw::config {

/// The parts of a URL that the rules ask for.
struct url_parts {
  std::string scheme;
  std::string host;
  bool has_user = false;
  bool has_path = false;
  bool has_query = false;
  bool has_fragment = false;
};

/// Reads `scheme://[user@]host[:port][/path][?query][#fragment]` (RFC 3986);
/// nothing where there is no scheme or host, or where the port is no number.
std::optional<url_parts> parse_url(std::string_view text);

/// The text with `user:password@` after `://` replaced by `***@`, wherever in
/// the text that is.
std::string mask_credentials(std::string_view text);

}  // namespace closedpaw::config
