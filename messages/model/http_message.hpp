#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace closedpaw {

/// What a codec wants sent, whoever sends it. The path is absolute and follows
/// the upstream's base_url.
struct http_request {
  std::string method;
  std::string path;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

/// What came back. Header names are lower case.
struct http_reply {
  unsigned status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  /// First value, or empty.
  std::string_view header_value(std::string_view lower_case_name) const {
    for (const auto& [name, value] : headers) {
      if (name == lower_case_name) {
        return value;
      }
    }
    return {};
  }
};

}  // namespace closedpaw
