#include "http/routes/router.hpp"

#include <algorithm>
#include <set>

#include "http/routes/openai_wire.hpp"
#include "http/routes/replies.hpp"
#include "http/routes/url_text.hpp"

namespace closedpaw::http {

namespace {

// "/a/b" → "a", "b"; "/a/" → "a", "".
std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> parts;
  path.remove_prefix(std::min<std::size_t>(1, path.size()));
  for (;;) {
    const auto slash = path.find('/');
    parts.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos)
      return parts;
    path.remove_prefix(slash + 1);
  }
}

// Nothing when a segment cannot be decoded.
std::optional<std::vector<std::string>> decoded(std::string_view path) {
  std::vector<std::string> parts;
  for (const auto part : split(path)) {
    auto text = decode_segment(part);
    if (!text)
      return std::nullopt;
    parts.push_back(std::move(*text));
  }
  return parts;
}

response refusal_for(const request& r, errc code, std::string what) {
  return r.path.starts_with("/v1/")
             ? openai_error({code, std::move(what), {}, {}})
             : refuse(code, std::move(what));
}

bool is_parameter(std::string_view segment) {
  return segment.starts_with('{');
}

std::string_view name_of(std::string_view segment) {
  return segment.substr(1, segment.size() - 2);
}

std::string joined(const std::vector<std::string>& parts, std::size_t from) {
  std::string out;
  for (std::size_t i = from; i < parts.size(); ++i)
    out += (i == from ? "" : "/") + parts[i];
  return out;
}

bool serves(method offered, method asked) {
  return offered == asked || (offered == method::get && asked == method::head);
}

std::string allow_header(const std::vector<const route*>& served) {
  std::set<std::string_view> names;
  for (const auto* r : served) {
    names.insert(to_string(r->verb));
    if (r->verb == method::get)
      names.insert(to_string(method::head));
  }
  std::string out;
  for (const auto name : names)
    out += (out.empty() ? "" : ", ") + std::string{name};
  return out;
}

}  // namespace

router::router(std::vector<route> routes) : routes_{std::move(routes)} {
  for (const auto& r : routes_)
    add(r);
}

void router::add(const route& r) {
  if (r.pattern.find('{') == std::string::npos) {
    exact_[r.pattern].push_back(&r);
    return;
  }
  pattern p;
  for (const auto part : split(r.pattern))
    p.segments.emplace_back(part);
  if (p.segments.back().ends_with("...}")) {
    const auto& last = p.segments.back();
    p.rest = last.substr(1, last.size() - 5);
    p.segments.pop_back();
  }
  const auto same = std::find_if(
      patterns_.begin(), patterns_.end(), [&p](const pattern& other) {
        return other.segments == p.segments && other.rest == p.rest;
      });
  auto& entry =
      same == patterns_.end() ? patterns_.emplace_back(std::move(p)) : *same;
  entry.served.push_back(&r);
}

const router::verbs* router::lookup(std::string_view path,
                                    path_params& params) const {
  if (const auto it = exact_.find(path); it != exact_.end())
    return &it->second;
  return lookup_pattern(path, params);
}

const router::verbs* router::lookup_pattern(std::string_view path,
                                            path_params& params) const {
  const auto parts = decoded(path);
  if (!parts)
    return nullptr;
  const bool slash_inside = std::any_of(
      parts->begin(), parts->end(),
      [](const auto& part) { return part.find('/') != std::string::npos; });
  if (path.find('%') != std::string_view::npos && !slash_inside)
    if (const auto it = exact_.find("/" + joined(*parts, 0));
        it != exact_.end())
      return &it->second;
  for (const auto& p : patterns_) {
    const auto count = p.segments.size();
    if (p.rest.empty() ? parts->size() != count : parts->size() <= count)
      continue;
    params.clear();
    bool fits = p.rest.empty() || !parts->back().empty();
    for (std::size_t i = 0; fits && i < count; ++i) {
      if (is_parameter(p.segments[i])) {
        fits = !(*parts)[i].empty();
        params.emplace_back(name_of(p.segments[i]), (*parts)[i]);
      } else {
        fits = p.segments[i] == (*parts)[i];
      }
    }
    if (!fits)
      continue;
    if (!p.rest.empty())
      params.emplace_back(p.rest, joined(*parts, count));
    return &p.served;
  }
  return nullptr;
}

response router::not_found(const request& r) const {
  std::string other{r.path};
  if (r.path.ends_with('/'))
    other.erase(other.find_last_not_of('/') + 1);
  else
    other += '/';
  path_params params;
  if (r.path == "/" || other.empty() || !lookup(other, params))
    return refusal_for(r, errc::not_found, "Not Found");
  response redirect;
  redirect.status = 307;
  redirect.headers = {{"Location", (r.local ? "http://" : "https://") +
                                       std::string{r.header_value("host")} +
                                       other +
                                       (r.query.empty() ? "" : "?" + r.query)}};
  redirect.body = std::make_shared<const std::string>();
  return redirect;
}

std::variant<route_match, response> router::find(const request& r) const {
  route_match found;
  const auto* served = lookup(r.path, found.params);
  if (!served)
    return not_found(r);
  for (const auto* candidate : *served)
    if (serves(candidate->verb, r.verb)) {
      found.target = candidate;
      return found;
    }
  auto refusal = refusal_for(r, errc::method_not_allowed, "Method Not Allowed");
  refusal.headers.emplace_back("Allow", allow_header(*served));
  return refusal;
}

outcome router::dispatch(const request& r, const live_state& live) const {
  auto found = find(r);
  if (auto* refusal = std::get_if<response>(&found))
    return std::move(*refusal);
  const auto& match = std::get<route_match>(found);
  return match.target->handle(r, match.params, live);
}

std::string_view to_string(access x) {
  switch (x) {
    case access::public_:
      return "public";
    case access::read:
      return "read";
    case access::act:
      return "act";
    case access::approve:
      return "approve";
    case access::admin:
      return "admin";
    case access::owner:
      break;
  }
  return "owner";
}

std::string_view param(const path_params& params, std::string_view name) {
  for (const auto& [key, value] : params)
    if (key == name)
      return value;
  return {};
}

}  // namespace closedpaw::http
