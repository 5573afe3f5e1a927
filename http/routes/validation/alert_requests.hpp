#pragma once

#include <string_view>

#include "http/routes/validation/field_errors.hpp"
#include "messages/model/command.hpp"

namespace closedpaw::http {

/// POST /api/alerts/silences: {matchers: [{name, value or values, negated}],
/// duration_s, comment}.
checked<silence_alerts> check_silence(const request& r, timestamp now);

}  // namespace closedpaw::http
