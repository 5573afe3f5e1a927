#include "http/routes/handlers.hpp"
#include "http/routes/openapi/operation.hpp"
#include "http/routes/resources.hpp"
#include "http/routes/validation/audit_filters.hpp"

namespace closedpaw::http {

std::vector<route> audit_routes() {
  operation op{"readAuditLog", "audit", "The audit log, newest first"};
  const auto sequence =
      integer_schema(0, std::numeric_limits<std::int64_t>::max());
  op.describe(
        "All filters must match. A page examines at most 10,000 events "
        "and may be short or empty although Link names a next one.")
      .query("limit", integer_schema(1, 1000), "100 unless given")
      .query("before", sequence, "Only lower sequences; the cursor of Link")
      .query("after", sequence, "Only higher sequences")
      .query("since", string_schema(), "Not before this time (RFC 3339)")
      .query("until", string_schema(), "Not after this time (RFC 3339)")
      .query("action_type", string_schema(), "Also supervision, storage, …")
      .query("status", string_schema(), "The event's status")
      .query("outcome", enum_schema({"success", "failure"}), "How it ended")
      .query("level",
             enum_schema({"info", "low", "medium", "high", "critical"}),
             "The security level")
      .query("user", string_schema(), "The authenticated peer, uid:1000")
      .query("action_id", string_schema(), "Events of one action")
      .query("q", string_schema(), "Text anywhere in the details")
      .returns(200, "A page; Link names the next one",
               array_of(ref("AuditEvent")));
  return {{method::get, "/api/audit-logs", access::read, checking(check_audit),
           op.take()}};
}

}  // namespace closedpaw::http
