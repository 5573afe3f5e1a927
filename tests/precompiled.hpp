#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/unit_test.hpp"

// The framework has defined a default by now; each test file has its own.
#undef CAF_SUITE
