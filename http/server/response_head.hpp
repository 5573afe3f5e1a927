#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/server/exchange.hpp"

namespace closedpaw::http {

/// How the end of a body is told (RFC 9112, section 6).
enum class framing : std::uint8_t { length, chunked, until_close, none };

/// What the session adds to an answer's own headers.
struct head_context {
  std::string_view date{};
  std::string_view request_id{};
  /// Complete lines, or empty.
  std::string_view fields{};
  /// The request's Origin, or empty.
  std::string_view origin{};
  bool origin_is_allowed = false;
  /// Below /api: never cached, unless the answer says otherwise.
  bool is_api = false;
  bool keep_alive = true;
  bool is_http_1_1 = true;
  framing body = framing::length;
  std::uint64_t length = 0;
};

/// Appends status line, headers and the empty line. Line breaks in values are
/// dropped, so that no value becomes a header. Pure.
void append_head(std::string& out, const response& answer,
                 const head_context& context);

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, section 5.6.7).
std::string http_date(std::chrono::sys_seconds t);

}  // namespace closedpaw::http
