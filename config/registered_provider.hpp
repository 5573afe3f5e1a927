#pragma once

#include <string>

#include "config/settings.hpp"
#include "messages/model/error.hpp"
#include "messages/model/json.hpp"

namespace closedpaw::config {

/// A provider that a request registered, as the store keeps it: {"type",
/// "base_url", "default_model"}, of which the last two may be missing. The
/// failure (errc::bad_request) says what is wrong with which member.
result<provider_settings> registered_provider(const std::string& name,
                                              const json& row);

}  // namespace closedpaw::config
