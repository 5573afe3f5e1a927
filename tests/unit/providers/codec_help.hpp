#pragma once

#include "actors/providers/codec/codec.hpp"
#include "messages/model/json.hpp"
#include "tests/unit_test.hpp"

namespace closedpaw::providers::codec {

inline http_reply reply(unsigned status, std::string body,
                        std::string type = "application/json") {
  return {status, {{"content-type", std::move(type)}}, std::move(body)};
}

inline json body_of(const http_request& x) {
  auto parsed = parse_json(x.body);
  return parsed ? std::move(*parsed) : json();
}

inline std::string header_of(const http_request& x, std::string_view name) {
  for (const auto& [key, value] : x.headers)
    if (key == name)
      return value;
  return {};
}

inline errc code_of(const result<chat_reply>& x) {
  return x ? errc{} : x.error().code;
}

struct streamed {
  std::string text;
  result<chat_reply> end = failure{};
};

/// The whole stream, in pieces of so many bytes.
inline streamed run(const vendor& v, std::string_view stream,
                    std::size_t piece) {
  streamed out;
  auto decoder = v.decode();
  for (; !stream.empty();
       stream.remove_prefix(std::min(piece, stream.size()))) {
    auto fresh = decoder->feed(stream.substr(0, piece));
    if (!fresh) {
      out.end = fresh.error();
      return out;
    }
    out.text += *fresh;
  }
  out.end = decoder->finish();
  return out;
}

/// The same whatever the pieces are: borders lie within events, JSON and UTF-8.
inline streamed run_all_ways(const vendor& v, std::string_view stream) {
  const auto whole = run(v, stream, stream.size());
  for (const std::size_t piece : {1, 2, 3, 7, 64}) {
    const auto again = run(v, stream, piece);
    CAF_CHECK_EQUAL(again.text, whole.text);
    CAF_CHECK_EQUAL(again.end.has_value(), whole.end.has_value());
    if (!whole.end && !again.end)
      CAF_CHECK_EQUAL(again.end.error().message, whole.end.error().message);
    if (whole.end && again.end)
      CAF_CHECK_EQUAL(again.end->text, whole.end->text);
  }
  return whole;
}

}  // namespace closedpaw::providers::codec
