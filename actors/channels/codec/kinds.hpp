#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "actors/channels/codec/service.hpp"

namespace closedpaw::channels::codec {

/// By the names that messages/model/channel.hpp has for them.
using secrets = std::map<std::string, std::string>;

/// One kind of service. To add one, write its files beside this one and name it
/// in kinds.cpp.
struct kind {
  std::string_view type;
  std::unique_ptr<service> (*make)(service_options);
  /// Puts what proves us into a request.
  void (*authorize)(http_request&, const secrets&);
  /// And into what a WebSocket sends, where that is done.
  std::string (*with_token)(std::string_view text, const secrets&) = nullptr;
};

/// errc::not_built for a type that this build cannot connect.
result<kind> find_kind(std::string_view type);

}  // namespace closedpaw::channels::codec
