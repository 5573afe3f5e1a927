#pragma once

#include <string>
#include <string_view>

#include "messages/model/error.hpp"

namespace closedpaw::providers::codec {

/// Checks a provider's configured address: absolute http or https with a host,
/// no userinfo, query or fragment (RFC 3986). Gives it without trailing
/// slashes; a path prefix stays. The failure (errc::bad_request) does not
/// repeat the text: it may contain a secret.
result<std::string> validate_base_url(std::string_view text);

/// The whole URL of a codec's path below a validated base_url.
std::string request_url(std::string_view base_url, std::string_view path);

}  // namespace closedpaw::providers::codec
