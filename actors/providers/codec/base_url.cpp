#include "actors/providers/codec/base_url.hpp"

#include <boost/url.hpp>
#include <charconv>
#include <cstdint>

namespace closedpaw::providers::codec {

namespace {

/// Read here, since Boost.URL 1.81 wraps numbers above 65535 around.
bool has_bad_port(const boost::urls::url_view& view) {
  std::string_view text{view.port().data(), view.port().size()};
  std::uint16_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return !text.empty() && number == 0;
}

std::string_view refusal_of(const boost::urls::url_view& view) {
  using boost::urls::scheme;
  if (view.scheme_id() != scheme::http && view.scheme_id() != scheme::https) {
    return "must begin with http:// or https://";
  }
  if (!view.has_authority() || view.encoded_host().empty()) {
    return "names no host";
  }
  if (view.has_userinfo()) {
    return "must not contain a user name or password; keys are kept in the "
           "vault";
  }
  if (view.has_query() || view.has_fragment()) {
    return "must not contain '?' or '#'";
  }
  // Boost.URL 1.81 takes "host:text" for an empty port and a path "text".
  if (!view.encoded_path().empty() && view.encoded_path().front() != '/') {
    return "has a port that is not a number from 1 to 65535";
  }
  if (has_bad_port(view)) {
    return "has a port that is not a number from 1 to 65535";
  }
  return {};
}

}  // namespace

result<std::string> validate_base_url(std::string_view text) {
  auto parsed = boost::urls::parse_uri({text.data(), text.size()});
  auto why =
      parsed ? refusal_of(*parsed) : std::string_view{"is not an absolute URL"};
  if (!why.empty()) {
    return failure{.code = errc::bad_request,
                   .message = "base_url " + std::string{why} +
                              "; write it like http://127.0.0.1:11434",
                   .retry_after = {},
                   .extra = {}};
  }
  while (text.ends_with('/')) {
    text.remove_suffix(1);
  }
  return std::string{text};
}

std::string request_url(std::string_view base_url, std::string_view path) {
  return std::string{base_url}.append(path);
}

}  // namespace closedpaw::providers::codec
