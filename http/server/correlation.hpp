#pragma once

#include <string_view>

namespace closedpaw::http {

/// 1 to 128 of [A-Za-z0-9._-]: what may go through log lines, headers and
/// audit events without quoting.
bool is_request_id(std::string_view text);

/// W3C Trace Context, section 3.2: version, trace id and parent id in lower
/// case hex, neither id zero. Later versions may append fields.
bool is_traceparent(std::string_view text);

}  // namespace closedpaw::http
