#pragma once

#include "http/routes/route.hpp"
#include "http/routes/validation/field_errors.hpp"

namespace closedpaw::http {

/// POST /api/providers/register: query parameters as the original's, or a JSON
/// object with the same members; the body's count where both are given. An
/// unknown type is 400, a name or an address that cannot be one 422. Pure.
checked<register_provider> check_registration(const request& r);

}  // namespace closedpaw::http
