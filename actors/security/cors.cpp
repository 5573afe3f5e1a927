#include "actors/security/cors.hpp"

#include <algorithm>
#include <array>
#include <boost/algorithm/string/join.hpp>

namespace closedpaw::security {

namespace {

constexpr std::array<std::string_view, 4> allowed_methods{"GET", "POST", "PUT",
                                                          "DELETE"};

/// A list of field names; anything else is not echoed.
bool is_name_list(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') ||
           std::string_view{"!#$%&'*+-.^_`|~, \t"}.find(char(c)) !=
               std::string_view::npos;
  });
}

std::optional<std::string_view> find(const request_view& request,
                                     std::string_view wanted) {
  for (const auto& [name, value] : request.headers)
    if (name == wanted)
      return value;
  return std::nullopt;
}

}  // namespace

std::optional<preflight_answer> answer_preflight(const request_view& request,
                                                 const policy& ours) {
  if (request.method != "OPTIONS")
    return std::nullopt;
  const auto origin = find(request, "origin");
  const auto method = find(request, "access-control-request-method");
  if (!origin || !method)
    return std::nullopt;
  preflight_answer out;
  out.headers = {{"Content-Type", "text/plain; charset=utf-8"},
                 {"Vary", "Origin"},
                 {"Access-Control-Allow-Methods", "GET, POST, PUT, DELETE"},
                 {"Access-Control-Max-Age", "600"},
                 {"Access-Control-Allow-Credentials", "true"}};
  std::vector<std::string> failures;
  if (origin_allowed(*origin, ours))
    out.headers.emplace_back("Access-Control-Allow-Origin", *origin);
  else
    failures.emplace_back("origin");
  if (std::ranges::find(allowed_methods, *method) == allowed_methods.end())
    failures.emplace_back("method");
  if (const auto names = find(request, "access-control-request-headers")) {
    if (is_name_list(*names))
      out.headers.emplace_back("Access-Control-Allow-Headers", *names);
    else
      failures.emplace_back("headers");
  }
  out.status = failures.empty() ? 200 : 400;
  out.body = failures.empty()
                 ? "OK"
                 : "Disallowed CORS " + boost::algorithm::join(failures, ", ");
  return out;
}

}  // namespace closedpaw::security
