#include "http/server/response_head.hpp"

#include <algorithm>
#include <array>
#include <boost/algorithm/string/predicate.hpp>
#include <boost/beast/http/status.hpp>
#include <charconv>
#include <cstdio>

#include "actors/security/cors.hpp"

namespace closedpaw::http {

namespace {

void append_number(std::string& out, std::uint64_t n) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + 20, n).ptr;
  out.append(digits.data(), end);
}

void append_clean(std::string& out, std::string_view text) {
  const auto is_bad = [](char c) {
    return c == '\r' || c == '\n' || c == '\0';
  };
  if (std::ranges::none_of(text, is_bad)) [[likely]] {
    out += text;
    return;
  }
  for (const char c : text)
    if (!is_bad(c))
      out += c;
}

void append_field(std::string& out, std::string_view name,
                  std::string_view value) {
  append_clean(out, name);
  out += ": ";
  append_clean(out, value);
  out += "\r\n";
}

void append_status_line(std::string& out, unsigned status) {
  if (status == 200) [[likely]] {
    out += "HTTP/1.1 200 OK\r\n";
    return;
  }
  out += "HTTP/1.1 ";
  append_number(out, status);
  out += ' ';
  const auto reason = boost::beast::http::obsolete_reason(
      boost::beast::http::int_to_status(status));
  out.append(reason.data(), reason.size());
  out += "\r\n";
}

void append_framing(std::string& out, const head_context& context) {
  if (context.body == framing::length) {
    out += "Content-Length: ";
    append_number(out, context.length);
    out += "\r\n";
  } else if (context.body == framing::chunked) {
    out += "Transfer-Encoding: chunked\r\n";
  }
  if (!context.keep_alive)
    out += "Connection: close\r\n";
  else if (!context.is_http_1_1)
    out += "Connection: keep-alive\r\n";
}

void append_cors(std::string& out, const head_context& context) {
  if (context.origin.empty())
    return;
  if (context.origin_is_allowed) {
    append_field(out, "Access-Control-Allow-Origin", context.origin);
    out += "Access-Control-Allow-Credentials: true\r\n";
    append_field(out, "Access-Control-Expose-Headers",
                 security::exposed_headers);
  }
  out += "Vary: Origin\r\n";
}

}  // namespace

void append_head(std::string& out, const response& answer,
                 const head_context& context) {
  append_status_line(out, answer.status);
  append_field(out, "Date", context.date);
  out += "Server: closedpaw\r\nX-Content-Type-Options: nosniff\r\n";
  append_field(out, "X-Request-Id", context.request_id);
  out += context.fields;
  bool has_cache_control = false;
  for (const auto& [name, value] : answer.headers) {
    has_cache_control |=
        name.size() == 13 && boost::iequals(name, "cache-control");
    append_field(out, name, value);
  }
  if (context.is_api && !has_cache_control)
    out += "Cache-Control: no-store\r\n";
  append_cors(out, context);
  append_framing(out, context);
  out += "\r\n";
}

std::string http_date(std::chrono::sys_seconds t) {
  constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{t - day};
  std::array<char, 64> text;
  const int size = std::snprintf(
      text.data(), text.size(), "%s, %02u %s %04d %02ld:%02ld:%02ld GMT",
      days[std::chrono::weekday{day}.c_encoding()], unsigned(date.day()),
      months[unsigned(date.month()) - 1], int(date.year()),
      long(time.hours().count()), long(time.minutes().count()),
      long(time.seconds().count()));
  return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace closedpaw::http
