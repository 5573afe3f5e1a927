#include "http/client/url.hpp"

#include <boost/algorithm/string/case_conv.hpp>
#include <boost/url.hpp>
#include <charconv>

namespace closedpaw::http {

namespace {

failure refuse(std::string_view why) {
  return failure{.code = errc::bad_request,
                 .message = "the URL " + std::string{why},
                 .retry_after = {},
                 .extra = {}};
}

std::uint16_t default_port(bool secure) {
  return secure ? 443 : 80;
}

/// Read here, since Boost.URL 1.81 wraps numbers above 65535 around. Zero when
/// it is no port.
std::uint16_t port_of(const boost::urls::url_view& view, bool secure) {
  std::string_view text{view.port().data(), view.port().size()};
  if (text.empty()) {
    return default_port(secure);
  }
  std::uint16_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string_view refusal_of(const boost::urls::url_view& view) {
  using boost::urls::scheme;
  if (view.scheme_id() != scheme::http && view.scheme_id() != scheme::https) {
    return "must begin with http:// or https://";
  }
  if (!view.has_authority() || view.encoded_host().empty()) {
    return "names no host; write it like http://127.0.0.1:11434";
  }
  if (view.has_userinfo()) {
    return "contains a user name or password; keep credentials out of URLs";
  }
  if (view.has_fragment()) {
    return "has a fragment (#…), which is never sent; remove it";
  }
  if (view.host_type() == boost::urls::host_type::ipvfuture ||
      view.encoded_host().find('%') != boost::urls::string_view::npos) {
    return "has a host that is neither a plain name nor an IP address";
  }
  // Boost.URL 1.81 takes "host:text" for an empty port and a path "text".
  if (!view.encoded_path().empty() && view.encoded_path().front() != '/') {
    return "has a port that is not a number from 1 to 65535";
  }
  if (port_of(view, false) == 0) {
    return "has a port that is not a number from 1 to 65535";
  }
  return {};
}

}  // namespace

std::string url::authority() const {
  auto text = host;
  if (host.find(':') != std::string::npos) {
    text.insert(0, "[").append("]");
  }
  if (port != default_port(secure)) {
    text.append(":").append(std::to_string(port));
  }
  return text;
}

std::string url::origin() const {
  std::string text{secure ? "https://" : "http://"};
  return text.append(authority());
}

result<url> parse_url(std::string_view text) {
  auto parsed = boost::urls::parse_uri({text.data(), text.size()});
  if (!parsed) {
    return refuse("is not an absolute URL like http://127.0.0.1:11434/path");
  }
  if (auto why = refusal_of(*parsed); !why.empty()) {
    return refuse(why);
  }
  url out;
  out.secure = parsed->scheme_id() == boost::urls::scheme::https;
  out.host = boost::algorithm::to_lower_copy(
      std::string{parsed->host_address()}, std::locale::classic());
  out.port = port_of(*parsed, out.secure);
  out.target = std::string{parsed->encoded_target()};
  if (out.target.empty() || out.target.front() != '/') {
    out.target.insert(out.target.begin(), '/');
  }
  return out;
}

}  // namespace closedpaw::http
