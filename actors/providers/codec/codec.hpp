#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/providers/codec/wire.hpp"
#include "messages/model/error.hpp"
#include "messages/model/provider.hpp"

namespace closedpaw::providers::codec {

/// One vendor's protocol: pure functions from requests to HTTP and from HTTP to
/// replies. To add a vendor, write its file beside this one and name it in
/// codec.cpp.
struct vendor {
  /// A provider's `type` in the configuration.
  std::string_view type;
  /// Used when the configuration names no base_url.
  std::string_view default_base_url;

  http_request (*list_models)();
  result<std::vector<model_info>> (*parse_models)(const http_reply&);

  http_request (*show)(std::string_view model);
  result<model_info> (*parse_show)(std::string_view model, const http_reply&);

  http_request (*chat)(const chat_request&);
  /// `latency_ms` is left to whoever holds the clock.
  result<chat_reply> (*parse_chat)(const http_reply&);
};

/// The vendors of this build, by type.
std::span<const vendor> vendors();

/// errc::not_built for a type without a codec; names those that there are.
result<vendor> find_vendor(std::string_view type);

}  // namespace closedpaw::providers::codec
