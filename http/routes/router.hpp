#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "http/routes/route.hpp"

namespace closedpaw::http {

/// A route that serves a request.
struct route_match {
  const route* target = nullptr;
  path_params params;
};

/// Finds routes as Starlette does: exact paths before patterns, 404, 405 with
/// Allow, 307 when only a trailing slash is wrong. Segments are decoded after
/// splitting, so that "%2F" is part of a name. Immutable, so usable from any
/// thread.
class router {
 public:
  explicit router(std::vector<route> routes);

  /// The route, or the 404, 405 or 307 that the request gets.
  std::variant<route_match, response> find(const request& r) const;

  /// find, and the handler's outcome.
  outcome dispatch(const request& r, const live_state& live) const;

  const std::vector<route>& routes() const { return routes_; }

 private:
  /// The routes of one pattern; few, so a list.
  using verbs = std::vector<const route*>;

  struct pattern {
    /// "{name}" matches one segment.
    std::vector<std::string> segments;
    /// The name of a rest of the path, or empty.
    std::string rest;
    verbs served;
  };

  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };

  void add(const route& r);
  const verbs* lookup(std::string_view path, path_params& params) const;
  const verbs* lookup_pattern(std::string_view path, path_params& params) const;
  response not_found(const request& r) const;

  std::vector<route> routes_;
  std::unordered_map<std::string, verbs, text_hash, std::equal_to<>> exact_;
  std::vector<pattern> patterns_;
};

}  // namespace closedpaw::http
