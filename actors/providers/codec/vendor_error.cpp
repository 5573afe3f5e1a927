#include "actors/providers/codec/vendor_error.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "actors/providers/codec/vendor_text.hpp"

namespace closedpaw::providers::codec {

namespace {

failure make(errc code, std::string message, unsigned status) {
  return failure{.code = code,
                 .message = std::move(message),
                 .retry_after = {},
                 .extra = {{"upstream_status", status}}};
}

std::string content_type(const http_reply& reply) {
  auto type = clean_vendor_text(reply.header_value("content-type"), 80);
  return type.empty() ? "without a content type" : "as " + type;
}

/// The form in seconds only (RFC 9110 section 10.2.3); dates need a clock.
std::optional<std::chrono::milliseconds> retry_after(const http_reply& reply) {
  auto text = reply.header_value("retry-after");
  std::uint32_t seconds = 0;
  auto [end, ec] =
      std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (ec != std::errc{} || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return std::chrono::seconds{seconds};
}

const json* any_member(const json& value, const char* name) {
  if (!value.is_object()) {
    return nullptr;
  }
  auto found = value.find(name);
  return found != value.end() ? &*found : nullptr;
}

/// Vendors say 404 both for unknown models and for unknown paths; only the
/// former speaks of a model.
bool speaks_of_model(std::string said) {
  std::ranges::transform(said, said.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return said.find("model") != std::string::npos;
}

/// Mistral reports an unknown model as a bad request.
bool is_bad_model(std::string_view body) {
  return body.find("\"invalid_model\"") != std::string_view::npos;
}

/// Google reports a wrong key as a bad request.
bool is_bad_key(std::string_view body) {
  return body.find("API_KEY_INVALID") != std::string_view::npos;
}

errc meaning_of(const http_reply& reply, const std::string& said,
                bool of_chat) {
  switch (reply.status) {
    case 401:
    case 403:
      return errc::upstream_refused;
    case 400:
    case 413:
    case 422:
      if (of_chat && is_bad_model(reply.body)) {
        return errc::not_found;
      }
      return is_bad_key(reply.body) ? errc::upstream_refused
                                    : errc::bad_request;
    case 404:
      return of_chat && speaks_of_model(said) ? errc::not_found
                                              : errc::upstream_failed;
    case 408:
    case 504:
      return errc::timeout;
    case 429:
      return errc::too_many_requests;
    default:
      return errc::upstream_failed;
  }
}

std::string advice(errc meaning, unsigned status) {
  if (status >= 300 && status < 400) {
    return "; redirects are not followed: configure the final address as "
           "base_url";
  }
  if (meaning == errc::upstream_refused) {
    return "; check the provider's credentials";
  }
  if (status == 404 && meaning != errc::not_found) {
    return "; check that base_url is this vendor's server";
  }
  return {};
}

/// FastAPI's and Mistral's way to refuse a body: where, and what is wrong.
std::string first_complaint(const json& entry) {
  const auto* said = any_member(entry, "msg");
  if (!said || !said->is_string()) {
    return {};
  }
  const auto* place = any_member(entry, "loc");
  const auto where = place ? dump(*place) + ' ' : std::string{};
  return clean_vendor_text(where + said->get_ref<const std::string&>());
}

}  // namespace

std::string vendor_message(const http_reply& reply) {
  auto body = parse_json(reply.body);
  if (!body) {
    auto plain = reply.header_value("content-type").starts_with("text/plain");
    return plain ? clean_vendor_text(reply.body) : std::string{};
  }
  const auto* text = any_member(*body, "error");
  if (!text) {
    text = any_member(*body, "message");
  } else if (text->is_object()) {
    text = any_member(*text, "message");
  }
  if (text && text->is_object()) {
    text = any_member(*text, "detail");
  }
  if (!text) {
    text = any_member(*body, "detail");
  }
  if (text && text->is_array() && !text->empty()) {
    return first_complaint(text->front());
  }
  if (!text || !text->is_string()) {
    return {};
  }
  return clean_vendor_text(text->get_ref<const std::string&>());
}

failure status_failure(std::string_view vendor, const http_reply& reply,
                       bool of_chat) {
  auto text = std::string{vendor} + " answered with status " +
              std::to_string(reply.status);
  const auto said = vendor_message(reply);
  if (!said.empty()) {
    text += ": " + said;
  }
  const auto meaning = meaning_of(reply, said, of_chat);
  auto out = make(meaning, text + advice(meaning, reply.status), reply.status);
  out.retry_after = retry_after(reply);
  return out;
}

failure malformed(std::string_view vendor, const http_reply& reply,
                  std::string_view what) {
  return make(errc::upstream_malformed,
              std::string{vendor} + " answered with status " +
                  std::to_string(reply.status) + " and " + std::string{what} +
                  " (" + std::to_string(reply.body.size()) + " bytes " +
                  content_type(reply) +
                  "); check that base_url is this vendor's server",
              reply.status);
}

failure malformed_entry(std::string_view vendor, const http_reply& reply,
                        std::string_view list, std::size_t index,
                        std::string_view text) {
  std::string what{"JSON without the text \""};
  what.append(list).append("[").append(std::to_string(index)).append("].");
  what.append(text).append("\"");
  return malformed(vendor, reply, what);
}

result<json> success_object(std::string_view vendor, const http_reply& reply,
                            bool of_chat) {
  if (reply.status < 200 || reply.status > 299) {
    return status_failure(vendor, reply, of_chat);
  }
  auto body = parse_json(reply.body);
  if (!body) {
    return malformed(vendor, reply, "no valid JSON");
  }
  if (!body->is_object()) {
    return malformed(vendor, reply, "JSON that is no object");
  }
  return {boost::system::in_place_value, std::move(*body)};
}

}  // namespace closedpaw::providers::codec
