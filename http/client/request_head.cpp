#include "http/client/request_head.hpp"

#include <algorithm>
#include <array>
#include <boost/beast/http/fields.hpp>

#include "http/client/explain.hpp"

namespace closedpaw::http::client_detail {

namespace beast_http = boost::beast::http;
using beast_http::field;

namespace {

/// Beast keeps the lengths of both in 16 bits, with what stands between them.
constexpr std::size_t longest_field = 65'000;

bool is_token(std::string_view text) {
  static constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  auto fits = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z') || marks.find(c) != std::string_view::npos;
  };
  return !text.empty() && std::ranges::all_of(text, fits);
}

bool is_field_value(std::string_view text) {
  return std::ranges::none_of(text, [](char c) {
    auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
  });
}

bool is_ours(field name) {
  static constexpr std::array ours{field::host,
                                   field::connection,
                                   field::content_length,
                                   field::transfer_encoding,
                                   field::upgrade,
                                   field::expect,
                                   field::te,
                                   field::trailer};
  return std::ranges::find(ours, name) != ours.end();
}

std::optional<failure> refuse(const client_request& request) {
  if (!is_token(request.method) || request.method == "CONNECT") {
    return explain::bad_request("the method is not one of HTTP's");
  }
  for (const auto& [name, value] : request.headers) {
    if (!is_token(name) || !is_field_value(value)) {
      return explain::bad_request(
          "a header has a name or a value with characters that HTTP forbids");
    }
    if (std::max(name.size(), value.size()) > longest_field) {
      return explain::bad_request("the header " + name.substr(0, 80) +
                                  " is longer than " +
                                  std::to_string(longest_field) + " bytes");
    }
    if (is_ours(beast_http::string_to_field(name))) {
      return explain::bad_request("the header " + name +
                                  " is set by the client itself");
    }
  }
  return std::nullopt;
}

}  // namespace

result<std::string> request_head(const client_request& request, const url& to,
                                 std::string_view user_agent) {
  if (auto why = refuse(request)) {
    return *why;
  }
  beast_http::fields head;
  head.set(field::host, to.authority());
  head.set(field::user_agent, user_agent);
  head.set(field::accept_encoding, "identity");
  for (const auto& [name, value] : request.headers) {
    auto known = beast_http::string_to_field(name);
    if (known == field::user_agent || known == field::accept_encoding) {
      head.set(known, value);
    } else {
      head.insert(name, value);
    }
  }
  auto expects_body = request.method == "POST" || request.method == "PUT" ||
                      request.method == "PATCH";
  if (expects_body || !request.body.empty()) {
    head.set(field::content_length, std::to_string(request.body.size()));
  }
  // A stream would look its locale's facets up anew for each request.
  auto out = request.method + ' ' + to.target + " HTTP/1.1\r\n";
  for (const auto& each : head) {
    out.append(each.name_string()).append(": ").append(each.value());
    out += "\r\n";
  }
  return out + "\r\n";
}

bool is_idempotent(std::string_view method) {
  static constexpr std::array<std::string_view, 6> methods{
      "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"};
  return std::ranges::find(methods, method) != methods.end();
}

}  // namespace closedpaw::http::client_detail
