#include "http/routes/url_text.hpp"

#include <algorithm>
#include <boost/url.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include "messages/model/json.hpp"

namespace closedpaw::http {

namespace urls = boost::urls;

namespace {

std::optional<std::string> decode(std::string_view text, bool plus_is_space) {
  auto escapes = urls::make_pct_string_view({text.data(), text.size()});
  if (!escapes)
    return std::nullopt;
  urls::encoding_opts options;
  options.space_as_plus = plus_is_space;
  return escapes->decode(options);
}

}  // namespace

std::optional<std::string> decode_segment(std::string_view encoded) {
  auto text = decode(encoded, false);
  if (text && valid_utf8(*text) != *text)
    return std::nullopt;
  return text;
}

std::string decode_query(std::string_view encoded) {
  auto text = decode(encoded, true);
  return valid_utf8(text ? *text : std::string{encoded});
}

std::string encode_query(std::string_view text) {
  return urls::encode({text.data(), text.size()}, urls::unreserved_chars);
}

std::string valid_utf8(std::string text) {
  const auto ascii = [](unsigned char c) { return c < 0x80; };
  if (std::all_of(text.begin(), text.end(), ascii))
    return text;
  // The library's serializer replaces what is invalid; reading it back gives
  // the text.
  return json::parse(dump(json(std::move(text)))).get<std::string>();
}

std::string public_url(std::string_view url) {
  auto parsed = urls::parse_uri({url.data(), url.size()});
  if (!parsed)
    return {};
  urls::url shown{*parsed};
  shown.remove_userinfo().remove_query().remove_fragment();
  return std::string{shown.buffer()};
}

bool is_http_url(std::string_view text) {
  auto parsed = urls::parse_uri({text.data(), text.size()});
  if (!parsed || parsed->encoded_host().empty())
    return false;
  return parsed->scheme_id() == urls::scheme::http ||
         parsed->scheme_id() == urls::scheme::https;
}

}  // namespace closedpaw::http
