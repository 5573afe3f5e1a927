#pragma once

#include "config/load.hpp"
#include "messages/model/json.hpp"

namespace closedpaw::wiring {

/// Where the daemon's files are, for GET /api/paths.
json paths_of(const config::loaded_config& c);

}  // namespace closedpaw::wiring
