#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "messages/model/json.hpp"
#include "messages/model/live_state.hpp"

namespace closedpaw::http {

/// The original's object of all channels.
json channels_json(const live_state& live);
/// In brief for the status, and until when it is true.
std::pair<json, std::optional<timestamp>> channel_states(const live_state& live,
                                                         timestamp now);
/// With state, times and counts.
json channels_detail(const live_state& live, timestamp now);
/// One of them, with its users and the strangers that wait; null for an
/// unknown name.
json one_channel(const live_state& live, std::string_view name, timestamp now);

}  // namespace closedpaw::http
