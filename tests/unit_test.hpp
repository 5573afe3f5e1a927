#pragma once

// CAF's unit test framework: define CAF_SUITE before including this, and name
// the suite like the file. CAF's directory counts as SYSTEM, so its templates
// do not warn in our tests.
#include <caf/test/unit_test.hpp>
