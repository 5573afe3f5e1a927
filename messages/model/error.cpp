#include "messages/model/error.hpp"

#include <array>

namespace closedpaw {

namespace {

struct entry {
  errc code;
  std::string_view name;
  unsigned status;
};

constexpr std::array table{
    entry{errc::invalid_request, "invalid_request", 422},
    entry{errc::bad_request, "bad_request", 400},
    entry{errc::unauthenticated, "unauthenticated", 401},
    entry{errc::forbidden, "forbidden", 403},
    entry{errc::not_found, "not_found", 404},
    entry{errc::method_not_allowed, "method_not_allowed", 405},
    entry{errc::request_timeout, "request_timeout", 408},
    entry{errc::conflict, "conflict", 409},
    entry{errc::payload_too_large, "payload_too_large", 413},
    entry{errc::headers_too_large, "headers_too_large", 431},
    entry{errc::too_many_requests, "too_many_requests", 429},
    entry{errc::overloaded, "overloaded", 503},
    entry{errc::upstream_refused, "upstream_refused", 424},
    entry{errc::upstream_failed, "upstream_failed", 502},
    entry{errc::upstream_malformed, "upstream_malformed", 502},
    entry{errc::unreachable, "unreachable", 502},
    entry{errc::unavailable, "unavailable", 503},
    entry{errc::vault_locked, "vault_locked", 503},
    entry{errc::audit_refused, "audit_refused", 503},
    entry{errc::outcome_unknown, "outcome_unknown", 503},
    entry{errc::storage_full, "storage_full", 503},
    entry{errc::storage_failed, "storage_failed", 500},
    entry{errc::timeout, "timeout", 504},
    entry{errc::not_built, "not_built", 501},
    entry{errc::interrupted, "interrupted", 500},
    entry{errc::sandbox_failed, "sandbox_failed", 502},
    entry{errc::cancelled, "cancelled", 409},
    entry{errc::internal, "internal", 500},
};

const entry& find(errc code) {
  for (const auto& e : table)
    if (e.code == code)
      return e;
  return table.back();
}

}  // namespace

std::string_view to_string(errc code) {
  return find(code).name;
}

unsigned http_status(errc code) {
  return find(code).status;
}

void throw_exception_from_error(const failure& f,
                                const boost::source_location&) {
  throw failure_exception{f};
}

}  // namespace closedpaw
