#pragma once

/// The only file that may ask which CAF this is. What CAF 0.18 and later
/// renamed is gathered here where that costs nothing.

#include <caf/config.hpp>

static_assert(CAF_VERSION >= 1700 && CAF_VERSION < 1800,
              "written against CAF 0.17: signatures, inspect and monitors "
              "changed in 0.18");
