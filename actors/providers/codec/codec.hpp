#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/providers/codec/stream_decoder.hpp"
#include "messages/model/error.hpp"
#include "messages/model/http_message.hpp"
#include "messages/model/provider.hpp"

namespace closedpaw::providers::codec {

/// One vendor's protocol: pure functions from requests to HTTP and from HTTP to
/// replies. To add a vendor, write its file beside this one and name it in
/// codec.cpp.
struct vendor {
  /// A provider's `type` in the configuration.
  std::string_view type;
  /// The header that carries the key, and what precedes it there.
  std::string_view key_header{};
  std::string_view key_prefix{};

  http_request (*list_models)();
  result<std::vector<model_info>> (*parse_models)(const http_reply&);
  /// Null where there is no request for what the listing does not say.
  http_request (*show)(std::string_view model) = nullptr;
  result<model_details> (*parse_show)(const http_reply&) = nullptr;

  /// Streamed when the request names a stream.
  http_request (*chat)(const chat_request&);
  /// A whole answer, or why it is none; also for the answer to a streamed
  /// request that is no success. `latency_ms` is left to whoever holds the
  /// clock.
  result<chat_reply> (*parse_chat)(const http_reply&);
  /// For one streamed answer.
  std::unique_ptr<stream_decoder> (*decode)();

  // What there are no words for in its protocol.

  /// tool_choice::required and tool_choice::named.
  bool can_demand_calls = true;
  /// tool_use::parallel.
  bool can_limit_calls = true;
  /// JSON without a schema.
  bool has_free_json = true;
  /// Images that it is to fetch itself.
  bool fetches_images = true;
  /// chat_options::seed.
  bool has_seed = true;
  /// chat_options::presence_penalty and frequency_penalty, but for 0.
  bool has_penalties = true;
};

/// errc::bad_request when the request asks for what the vendor's protocol has
/// no words for: a wish is refused rather than left out. Its `extra` has
/// "unsuited", as another vendor may have them.
std::optional<failure> check(const vendor& v, const chat_request& q);

/// The vendors of this build, by type.
std::span<const vendor> vendors();

/// errc::bad_request for a type without a codec; names those that there are.
result<vendor> find_vendor(std::string_view type);

}  // namespace closedpaw::providers::codec
