#pragma once

#include "config/settings.hpp"
#include "http/client/client.hpp"
#include "messages/model/api_call.hpp"

namespace closedpaw::outbound {

/// What is sent for it. forbidden: it would go where the configuration does not
/// allow; bad_request: that is no URL. Pure.
result<http::client_request> request_for(
    const call_api& call, const config::api_call_settings& allowed);

/// {status, headers, body, encoding, bytes, sha256, latency_ms}: a body that is
/// no UTF-8 is told in base64. What the answer wants kept secret (Set-Cookie)
/// is not told. Pure.
api_answer answer_of(const http::client_response& x);

}  // namespace closedpaw::outbound
