#pragma once

#include "http/routes/handlers.hpp"

namespace closedpaw::http {

response no_such_channel();
/// Null for an unknown name; for as long as `places` is held.
const channel_place* find_place(const channel_places& places,
                                std::string_view name);

/// For requests about one channel: what is wrong with the request is told
/// before that there is no such channel, as the original does.
template <class Command>
route_handler about_channel(checked<Command> (*check)(const request&,
                                                      std::string_view)) {
  return [check](const request& r, const path_params& params,
                 const live_state& live) -> outcome {
    const auto channel = param(params, "name");
    auto c = check(r, channel);
    if (c && !find_place(*live.channels.get(), channel))
      return no_such_channel();
    return to_outcome(std::move(c));
  };
}

}  // namespace closedpaw::http
