#pragma once

#include "http/routes/route.hpp"
#include "http/routes/validation/field_errors.hpp"

namespace closedpaw::http {

/// The longest text that `q` may search for, in bytes.
inline constexpr std::size_t max_search_text = 256;

/// GET /api/audit-logs. Empty text filters count as not given; an empty limit,
/// cursor, time or id is an error, so that no page is served that was not
/// asked for. Pure.
checked<read_audit> check_audit(const request& r);

/// GET /api/audit-logs/export: the same filters but `before`; `limit` is of
/// all, not of a page. Pure.
checked<export_audit> check_export(const request& r);

/// GET /api/audit-logs/head, /proof/inclusion?sequence=&tree_size= and
/// /proof/consistency?first=&second=. Pure.
checked<read_proof> check_head(const request& r);
checked<read_proof> check_inclusion(const request& r);
checked<read_proof> check_consistency(const request& r);

/// GET /api/audit-logs/verify
checked<verify_log> check_verify(const request& r);

}  // namespace closedpaw::http
