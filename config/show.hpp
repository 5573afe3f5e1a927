#pragma once

#include "config/load.hpp"

namespace closedpaw::config {

/// The value as anyone may see it: "***" for a secret, URLs without their
/// user and password.
json shown_value(const provenance& x);

}  // namespace closedpaw::config
