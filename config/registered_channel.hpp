#pragma once

#include <string>

#include "config/settings.hpp"
#include "messages/model/error.hpp"
#include "messages/model/json.hpp"

namespace closedpaw::config {

/// A channel that a request registered, as the store keeps it: {"type",
/// "base_url", "open"}, of which the last two may be missing. The failure says
/// what is wrong with which member (errc::bad_request), or that an address is
/// needed (errc::invalid_request).
result<channel_settings> registered_channel(const std::string& name,
                                            const json& row);

}  // namespace closedpaw::config
