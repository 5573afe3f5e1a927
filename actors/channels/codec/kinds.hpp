#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

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
  /// The secrets of this request; else all of its type.
  std::vector<std::string> (*needs)(const http_request&) = nullptr;
  /// Its users come to us.
  bool local = false;
};

/// Every channel_type has one; errc::not_found for another.
result<kind> find_kind(std::string_view type);

}  // namespace closedpaw::channels::codec
