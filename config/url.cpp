#include "config/url.hpp"

#include <openssl/err.h>
#include <openssl/http.h>

#include <algorithm>

namespace closedpaw::config {

namespace {

/// What OSSL_parse_url allocates.
struct parts {
  char* scheme = nullptr;
  char* user = nullptr;
  char* host = nullptr;
  char* port = nullptr;
  char* path = nullptr;
  char* query = nullptr;
  char* fragment = nullptr;
  int port_number = 0;

  parts() = default;
  parts(const parts&) = delete;
  parts& operator=(const parts&) = delete;
  ~parts() {
    for (auto* p : {scheme, user, host, port, path, query, fragment})
      OPENSSL_free(p);
  }
};

bool is_set(const char* text) {
  return text != nullptr && *text != '\0';
}

bool is_url_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return c > 0x20 && c < 0x7f && c != '"' && c != '<' && c != '>' &&
           c != '\\' && c != '^' && c != '`' && c != '{' && c != '|' &&
           c != '}';
  });
}

}  // namespace

std::optional<url_parts> parse_url(std::string_view text) {
  const auto authority = text.find("://");
  if (authority == std::string_view::npos || !is_url_text(text))
    return std::nullopt;
  const std::string copy{text};
  parts p;
  ERR_set_mark();
  const int ok =
      OSSL_parse_url(copy.c_str(), &p.scheme, &p.user, &p.host, &p.port,
                     &p.port_number, &p.path, &p.query, &p.fragment);
  ERR_pop_to_mark();
  if (ok != 1 || !is_set(p.scheme) || !is_set(p.host))
    return std::nullopt;
  url_parts result;
  result.scheme = p.scheme;
  result.host = p.host;
  result.has_user =
      text.substr(0, text.find_first_of("/?#", authority + 3)).find('@') !=
      std::string_view::npos;
  result.has_path = text.find('/', authority + 3) != std::string_view::npos;
  result.has_query = text.find('?') != std::string_view::npos;
  result.has_fragment = text.find('#') != std::string_view::npos;
  return result;
}

std::string mask_credentials(std::string_view text) {
  std::string masked;
  for (;;) {
    const auto authority = text.find("://");
    if (authority == std::string_view::npos)
      break;
    masked += text.substr(0, authority + 3);
    text.remove_prefix(authority + 3);
    const auto end = text.find_first_of("/?# \t\r\n\"'");
    const auto at = text.substr(0, end).rfind('@');
    if (at == std::string_view::npos)
      continue;
    masked += "***";
    text.remove_prefix(at);
  }
  return masked += text;
}

}  // namespace closedpaw::config
