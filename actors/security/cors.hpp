#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/security/request_policy.hpp"

namespace closedpaw::security {

/// An answer to a CORS preflight, the same as the original's (Starlette's
/// CORSMiddleware with credentials, four methods and any header).
struct preflight_answer {
  unsigned status = 200;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

/// Set when `request` is a preflight: OPTIONS with Origin and
/// Access-Control-Request-Method, whatever the path. Pure.
std::optional<preflight_answer> answer_preflight(const request_view& request,
                                                 const policy& ours);

/// What a page may read of our answers besides the safelisted headers.
inline constexpr std::string_view exposed_headers =
    "X-Request-Id, Link, Retry-After, X-Should-Retry, RateLimit, "
    "RateLimit-Policy";

}  // namespace closedpaw::security
