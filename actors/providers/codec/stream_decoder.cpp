#include "actors/providers/codec/stream_decoder.hpp"

#include "actors/providers/codec/vendor_text.hpp"
#include "messages/model/json_fields.hpp"

namespace closedpaw::providers::codec {

failure stream_decoder::malformed(std::string_view what) const {
  return {errc::upstream_malformed,
          vendor_ + " streamed " + std::string{what},
          {},
          {}};
}

template <class Step>
result<std::string> stream_decoder::collect(Step&& step) {
  if (trouble_) {
    return *trouble_;
  }
  std::string fresh;
  const bool fits = step([&](const frame& message) {
    auto got = read_(message, reply_);
    if (!got) {
      trouble_ = got.error();
      return false;
    }
    fresh += got->text;
    complete_ = got->last;
    return !complete_;
  });
  if (!fits) {
    trouble_ =
        malformed("a line of more than " + std::to_string(max_frame_bytes) +
                  " bytes; check that base_url is this vendor's server");
  }
  if (trouble_ && fresh.empty()) {
    return *trouble_;
  }
  reply_.text += fresh;
  return {boost::system::in_place_value, std::move(fresh)};
}

result<std::string> stream_decoder::feed(std::string_view bytes) {
  if (complete_) {
    return std::string{};
  }
  return collect([&](const frame_handler& handle) {
    return framing_->feed(bytes, handle);
  });
}

result<chat_reply> stream_decoder::finish() {
  if (!complete_) {
    auto rest = collect(
        [&](const frame_handler& handle) { return framing_->end(handle); });
    if (!rest) {
      return rest.error();
    }
  }
  if (trouble_) {
    return *trouble_;
  }
  // Some end the body after the reason without a message of its own.
  if (!complete_ && reply_.finish_reason.empty()) {
    return malformed("an answer that ended before its end");
  }
  return {boost::system::in_place_value,
          std::move(static_cast<chat_reply&>(reply_))};
}

result<json> frame_object(std::string_view vendor, const frame& message) {
  auto body = parse_json(message.data);
  if (!body || !body->is_object()) {
    return malformed_frame(vendor, "a message that is no JSON object", message);
  }
  return {boost::system::in_place_value, std::move(*body)};
}

failure malformed_frame(std::string_view vendor, std::string_view what,
                        const frame& message) {
  return {errc::upstream_malformed,
          std::string{vendor} + " streamed " + std::string{what} + ": " +
              clean_vendor_text(message.data, 80),
          {},
          {}};
}

failure stream_failure(std::string_view vendor, const json& error) {
  auto said = text_or_empty(error, "message");
  if (said.empty() && error.is_string()) {
    said = error.get<std::string>();
  }
  if (said.empty()) {
    said = text_or_empty(error, "type");
  }
  return {errc::upstream_failed,
          std::string{vendor} +
              " failed while it was answering: " + clean_vendor_text(said),
          {},
          {}};
}

}  // namespace closedpaw::providers::codec
