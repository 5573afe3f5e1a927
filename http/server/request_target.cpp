#include "http/server/request_target.hpp"

#include <algorithm>
#include <boost/algorithm/string/predicate.hpp>

namespace closedpaw::http {

namespace {

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

/// %00 to %1f and %7f: no route has any in its path.
bool hides_control(std::string_view path) {
  for (std::size_t i = 0; i + 2 < path.size(); ++i) {
    if (path[i] != '%')
      continue;
    const char high = path[i + 1];
    const char low = path[i + 2];
    if (high == '0' || high == '1' ||
        (high == '7' && (low == 'f' || low == 'F')))
      return true;
  }
  return false;
}

}  // namespace

std::optional<request_target> read_target(std::string_view text, method verb) {
  request_target out;
  if (!is_printable(text) || text.find('#') != std::string_view::npos)
    return std::nullopt;
  if (text == "*") {
    out.path = "*";
    return verb == method::options ? std::optional{std::move(out)}
                                   : std::nullopt;
  }
  if (!text.starts_with('/')) {
    if (!boost::istarts_with(text, "http://"))
      return std::nullopt;
    text.remove_prefix(7);
    const auto end = std::min(text.find_first_of("/?"), text.size());
    out.authority = std::string{text.substr(0, end)};
    text.remove_prefix(end);
  }
  const auto query = text.find('?');
  out.path = text.substr(0, query);
  if (query != std::string_view::npos)
    out.query = text.substr(query + 1);
  if (out.path.empty())
    out.path = "/";
  if (hides_control(out.path))
    return std::nullopt;
  return out;
}

}  // namespace closedpaw::http
