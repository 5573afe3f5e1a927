#include "http/routes/handlers.hpp"
#include "http/routes/openapi/operation.hpp"
#include "http/routes/resources.hpp"
#include "http/routes/validation/audit_filters.hpp"

namespace closedpaw::http {

namespace {

json sequence_schema() {
  return integer_schema(0, std::numeric_limits<std::int64_t>::max());
}

json head_operation() {
  operation op{"readAuditHead", "audit",
               "The signed tree head (RFC 6962, 3.5), made now"};
  op.describe(
        "signature is Ed25519's over the RFC's TreeHeadSignature, with the "
        "timestamp in milliseconds; public_key checks it. Older heads are in "
        "audit-heads.ndjson (audit.anchor_file).")
      .returns(200, "The head", free_object());
  return op.take();
}

json inclusion_operation() {
  operation op{"proveInclusion", "audit",
               "That an event is in the log (RFC 6962, 2.1.1)"};
  op.describe(
        "event is the exact text whose hash, after a zero byte, is the leaf; "
        "at most one hash for each doubling of the log.")
      .query("sequence", sequence_schema(), "The event's", true)
      .query("tree_size", sequence_schema(),
             "Of the head that is proved against; the present one unless given")
      .returns(200, "The proof", free_object())
      .fails(404, "The log has not got so far");
  return op.take();
}

json consistency_operation() {
  operation op{"proveConsistency", "audit",
               "That a log begins with an older one (RFC 6962, 2.1.2)"};
  op.query("first", sequence_schema(), "The older head's tree_size", true)
      .query("second", sequence_schema(),
             "The newer head's; the present one unless given")
      .returns(200, "The proof", free_object())
      .fails(404, "The log has not got so far");
  return op.take();
}

json verify_operation() {
  operation op{"verifyAuditLog", "audit", "Recompute the whole log now"};
  op.describe(
        "Reads every event; seconds for a million. closedpaw audit verify does "
        "the same to a copy, and needs no daemon.")
      .returns(200, "It is as it must be", free_object())
      .fails(500, "What is wrong with it first");
  return op.take();
}

void describe_filters(operation& op) {
  op.query("after", sequence_schema(), "Only higher sequences")
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
      .query("q", string_schema(), "Text anywhere in the details");
}

json query_operation() {
  operation op{"readAuditLog", "audit", "The audit log, newest first"};
  op.describe(
        "All filters must match. A page examines at most 10,000 events "
        "and may be short or empty although Link names a next one.")
      .query("limit", integer_schema(1, 1000), "100 unless given")
      .query("before", sequence_schema(),
             "Only lower sequences; the cursor of Link");
  describe_filters(op);
  op.returns(200, "A page; Link names the next one",
             array_of(ref("AuditEvent")));
  return op.take();
}

json export_operation() {
  operation op{"exportAuditLog", "audit",
               "The audit log as lines of JSON, oldest first"};
  op.describe(
        "One event a line (NDJSON), as many as there are. With follow it goes "
        "on as events are recorded; after a break, go on with after, the last "
        "sequence that you have. A last line with detail and code says that, "
        "and why, there is more that could not be read.")
      .query("limit",
             integer_schema(1, std::numeric_limits<std::int64_t>::max()),
             "At most so many events; all unless given")
      .query("follow", boolean_schema(), "Do not end with the newest event");
  describe_filters(op);
  op.returns(200, "Lines of JSON", string_schema(), "application/x-ndjson")
      .fails(503, "As many exports are being read as may be");
  return op.take();
}

}  // namespace

std::vector<route> audit_routes() {
  return {{method::get, "/api/audit-logs", access::read, checking(check_audit),
           query_operation},
          {method::get, "/api/audit-logs/export", access::read,
           checking(check_export), export_operation},
          {method::get, "/api/audit-logs/head", access::read,
           checking(check_head), head_operation},
          {method::get, "/api/audit-logs/proof/inclusion", access::read,
           checking(check_inclusion), inclusion_operation},
          {method::get, "/api/audit-logs/proof/consistency", access::read,
           checking(check_consistency), consistency_operation},
          {method::get, "/api/audit-logs/verify", access::read,
           checking(check_verify), verify_operation}};
}

}  // namespace closedpaw::http
