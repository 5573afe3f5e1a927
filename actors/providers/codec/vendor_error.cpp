#include "actors/providers/codec/vendor_error.hpp"

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

const json* member(const json& value, const char* name) {
  if (!value.is_object()) {
    return nullptr;
  }
  auto found = value.find(name);
  return found != value.end() ? &*found : nullptr;
}

std::string advice(unsigned status) {
  if (status >= 300 && status < 400) {
    return "; redirects are not followed: configure the final address as "
           "base_url";
  }
  if (status == 401 || status == 403) {
    return "; check the provider's credentials";
  }
  if (status == 404) {
    return "; check that base_url is this vendor's server";
  }
  return {};
}

}  // namespace

std::string vendor_message(const http_reply& reply) {
  auto body = parse_json(reply.body);
  if (!body) {
    auto plain = reply.header_value("content-type").starts_with("text/plain");
    return plain ? clean_vendor_text(reply.body) : std::string{};
  }
  const auto* text = member(*body, "error");
  if (!text) {
    text = member(*body, "message");
  } else if (text->is_object()) {
    text = member(*text, "message");
  }
  if (!text || !text->is_string()) {
    return {};
  }
  return clean_vendor_text(text->get_ref<const std::string&>());
}

failure status_failure(std::string_view vendor, const http_reply& reply) {
  auto text = std::string{vendor} + " answered with status " +
              std::to_string(reply.status);
  if (auto said = vendor_message(reply); !said.empty()) {
    text += ": " + said;
  }
  auto refused = reply.status == 401 || reply.status == 403;
  auto out = make(refused ? errc::upstream_refused : errc::upstream_failed,
                  text + advice(reply.status), reply.status);
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

result<json> success_object(std::string_view vendor, const http_reply& reply) {
  if (reply.status < 200 || reply.status > 299) {
    return status_failure(vendor, reply);
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
