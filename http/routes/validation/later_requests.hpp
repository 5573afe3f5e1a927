#pragma once

#include <optional>

#include "http/server/exchange.hpp"

namespace closedpaw::http {

// The original's requests whose work is not built yet. Each returns the 422 or
// 400 that the request deserves, or nothing when it is right. Pure.

/// POST /api/channels/register
std::optional<response> refuse_channel(const request& r);

/// POST /api/channels/{name}/bind-user
std::optional<response> refuse_binding(const request& r);

/// POST /api/channels/{name}/send
std::optional<response> refuse_message(const request& r);

}  // namespace closedpaw::http
