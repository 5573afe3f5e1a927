#include "messages/model/api_call.hpp"

#include <algorithm>
#include <array>

#include "messages/model/json_fields.hpp"

namespace closedpaw {

namespace {

constexpr std::array<std::string_view, 6> methods{"GET", "HEAD",  "POST",
                                                  "PUT", "PATCH", "DELETE"};
/// Parameters are recorded as they are, and for ever.
constexpr std::array<std::string_view, 6> secret_headers{
    "authorization", "cookie",       "proxy-authorization",
    "x-api-key",     "x-auth-token", "api-key"};

failure wrong(std::string what) {
  return {errc::bad_request, "parameters." + std::move(what), {}, {}};
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

result<void> read_headers(const json& from, call_api& to) {
  if (!from.is_object())
    return wrong("headers: an object of texts is required");
  for (const auto& [name, value] : from.items()) {
    if (!value.is_string())
      return wrong("headers." + name + ": a text is required");
    to.headers.emplace_back(name, value.get<std::string>());
  }
  return {};
}

void read_body(const json& from, call_api& to) {
  if (from.is_string()) {
    to.body = from.get<std::string>();
    return;
  }
  to.body = dump(from);
  const bool typed = std::ranges::any_of(to.headers, [](const auto& h) {
    return lower(h.first) == "content-type";
  });
  if (!typed)
    to.headers.emplace_back("Content-Type", "application/json");
}

}  // namespace

result<void> refuse_secrets(const json& parameters) {
  const auto* headers = object_in(parameters, "headers");
  if (!headers)
    return {};
  for (const auto& [name, value] : headers->items())
    if (std::ranges::count(secret_headers, lower(name)) != 0)
      return wrong("headers." + name +
                   ": what an action is asked is recorded for ever, so a "
                   "secret has no place in it");
  return {};
}

result<call_api> read_api_call(const json& parameters) {
  if (!parameters.is_object())
    return wrong("url: a text is required");
  call_api out;
  out.url = text_or_empty(parameters, "url");
  if (out.url.empty())
    return wrong("url: a text is required");
  for (const auto& [name, value] : parameters.items()) {
    if (name == "url" || value.is_null())
      continue;
    if (name == "method") {
      if (!value.is_string() ||
          std::ranges::count(methods, value.get<std::string>()) == 0)
        return wrong("method: one of GET, HEAD, POST, PUT, PATCH, DELETE");
      out.method = value.get<std::string>();
    } else if (name == "headers") {
      if (auto fits = read_headers(value, out); !fits)
        return fits.error();
    } else if (name == "body") {
      if (!value.is_string() && !value.is_structured())
        return wrong("body: a text, an object or an array is required");
    } else {
      return wrong(name + ": unknown; there are url, method, headers and body");
    }
  }
  // Last, since its type may be among the headers.
  const auto body = parameters.find("body");
  if (body != parameters.end() && !body->is_null())
    read_body(*body, out);
  return out;
}

}  // namespace closedpaw
