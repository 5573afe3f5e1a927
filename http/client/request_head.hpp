#pragma once

#include <string>
#include <string_view>

#include "http/client/client.hpp"
#include "http/client/url.hpp"

namespace closedpaw::http::client_detail {

/// The request line and headers, up to and with the empty line. Refuses
/// (errc::bad_request) methods, names and values that could end a line early.
result<std::string> request_head(const client_request& request, const url& to,
                                 std::string_view user_agent);

/// Whether sending it twice does the same as once (RFC 9110 section 9.2.2).
bool is_idempotent(std::string_view method);

}  // namespace closedpaw::http::client_detail
