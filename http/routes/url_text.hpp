#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace closedpaw::http {

/// The text of one path segment (RFC 3986, 2.1); nothing when an escape is
/// broken or the result is not UTF-8.
std::optional<std::string> decode_segment(std::string_view encoded);

/// The text of a query's name or value: '+' is a space, a broken escape stays
/// as it was sent, bytes that are no UTF-8 become U+FFFD (as Python does).
std::string decode_query(std::string_view encoded);

/// Everything but unreserved characters escaped, safe inside any header.
std::string encode_query(std::string_view text);

/// Bytes that are no UTF-8 replaced by U+FFFD.
std::string valid_utf8(std::string text);

/// A base URL without user, password, query and fragment; empty if it is none.
std::string public_url(std::string_view url);

/// An absolute http or https URL with a host.
bool is_http_url(std::string_view text);

}  // namespace closedpaw::http
