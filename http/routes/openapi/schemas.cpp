#include "http/routes/openapi/operation.hpp"
#include "messages/model/action.hpp"
#include "messages/model/supervision.hpp"

namespace closedpaw::http {

namespace {

json nullable(json schema) {
  schema["nullable"] = true;
  return schema;
}

json integer() {
  return json::object({{"type", "integer"}});
}

json number() {
  return json::object({{"type", "number"}});
}

json time_schema() {
  return json::object(
      {{"type", "string"},
       {"description", "UTC without a suffix, with microseconds"},
       {"example", "2026-11-24T06:28:50.162726"}});
}

json object_schema(json properties,
                   const std::vector<std::string>& required = {}) {
  json out = json::object();
  out["type"] = "object";
  out["properties"] = std::move(properties);
  if (!required.empty())
    out["required"] = required;
  return out;
}

json map_of(json values) {
  json out = json::object();
  out["type"] = "object";
  out["additionalProperties"] = std::move(values);
  return out;
}

json types() {
  return enum_schema({"chat", "skill_execution", "model_switch", "api_call",
                      "file_operation", "config_change"});
}

json statuses() {
  return enum_schema(
      {"pending", "approved", "rejected", "executing", "completed", "failed"});
}

json levels() {
  return enum_schema({"low", "medium", "high", "critical"});
}

void add_errors(json& s) {
  s["Error"] = object_schema({{"detail", string_schema()},
                              {"code", string_schema()},
                              {"action_id", string_schema()},
                              {"request_id", string_schema()}},
                             {"detail"});
  json place = json::object();
  place["oneOf"] = json::array({string_schema(), integer()});
  s["ValidationError"] = object_schema(
      {{"detail", array_of(object_schema({{"loc", array_of(place)},
                                          {"msg", string_schema()},
                                          {"type", string_schema()},
                                          {"ctx", free_object()}},
                                         {"loc", "msg", "type"}))},
       {"code", string_schema()}},
      {"detail"});
}

void add_requests(json& s) {
  s["ActionRequest"] = object_schema({{"action_type", string_schema()},
                                      {"parameters", free_object()},
                                      {"skill_id", nullable(string_schema())}},
                                     {"action_type"});
  s["ChatRequest"] = object_schema({{"message", string_schema()},
                                    {"model", string_schema()},
                                    {"use_cloud", boolean_schema()}},
                                   {"message"});
  s["Decision"] = object_schema({{"approved", boolean_schema()},
                                 {"user_id", string_schema()},
                                 {"confirm", nullable(string_schema())},
                                 {"owner_secret", nullable(string_schema())}},
                                {"approved"});
  s["Fault"] = object_schema({{"path", string_schema()},
                              {"kind", enum_schema({"throw", "hang", "exit"})}},
                             {"path", "kind"});
}

void add_actions(json& s) {
  s["Submitted"] = object_schema({{"action_id", string_schema()},
                                  {"status", statuses()},
                                  {"security_level", levels()},
                                  {"requires_approval", boolean_schema()}},
                                 {"action_id", "status"});
  json pending = {{"id", string_schema()},
                  {"action_type", types()},
                  {"skill_id", nullable(string_schema())},
                  {"security_level", levels()},
                  {"parameters", free_object()},
                  {"created_at", time_schema()},
                  {"digest", string_schema()},
                  {"requested_by", string_schema()},
                  {"claimed_user", nullable(string_schema())},
                  {"request_id", string_schema()}};
  s["PendingAction"] = object_schema(pending, {"id"});
  pending.update(json{{"status", statuses()},
                      {"result", nullable(free_object())},
                      {"error", nullable(string_schema())},
                      {"error_code", nullable(string_schema())},
                      {"completed_at", nullable(time_schema())},
                      {"decided_by", nullable(string_schema())},
                      {"version", integer()}});
  s["Action"] = object_schema(std::move(pending), {"id", "status"});
  s["ChatReply"] = object_schema({{"response", nullable(string_schema())},
                                  {"model", string_schema()},
                                  {"action_id", string_schema()},
                                  {"status", statuses()}},
                                 {"action_id", "status"});
  s["DecisionReply"] = object_schema({{"action_id", string_schema()},
                                      {"approved", boolean_schema()},
                                      {"status", statuses()}});
  s["Cancelled"] = object_schema({{"action_id", string_schema()},
                                  {"status", statuses()},
                                  {"error", nullable(string_schema())}});
}

void add_audit(json& s) {
  s["AuditEvent"] = object_schema({{"timestamp", time_schema()},
                                   {"action_id", string_schema()},
                                   {"action_type", string_schema()},
                                   {"skill_id", nullable(string_schema())},
                                   {"status", string_schema()},
                                   {"outcome", nullable(string_schema())},
                                   {"details", free_object()},
                                   {"sequence", integer()},
                                   {"actor", string_schema()},
                                   {"user", string_schema()},
                                   {"level", string_schema()},
                                   {"request_id", string_schema()}});
}

void add_state(json& s) {
  s["ProviderHealth"] = object_schema(
      {{"type", string_schema()},
       {"enabled", boolean_schema()},
       {"state",
        enum_schema({"never_connected", "healthy", "degraded", "failing"})},
       {"healthy", boolean_schema()},
       {"last_success", nullable(time_schema())},
       {"last_failure", nullable(time_schema())},
       {"last_error", nullable(free_object())},
       {"down_since", nullable(time_schema())},
       {"latency_ms", integer()},
       {"exchanges", integer()},
       {"failures", integer()},
       {"prompt_tokens", integer()},
       {"completion_tokens", integer()},
       {"models", integer()},
       {"models_at", nullable(time_schema())}});
  s["Channel"] = object_schema({{"type", string_schema()},
                                {"enabled", boolean_schema()},
                                {"allowed_users", integer()}});
  s["ChannelState"] =
      object_schema({{"type", string_schema()},
                     {"enabled", boolean_schema()},
                     {"allowed_users", integer()},
                     {"state", enum_schema({"never_connected", "connected",
                                            "quiet", "reconnecting", "degraded",
                                            "failed", "stopped"})},
                     {"since", nullable(time_schema())}});
  s["Channels"] = object_schema({{"channels", map_of(ref("Channel"))}});
  s["Status"] = object_schema(
      {{"status", string_schema()},
       {"ollama_connected", boolean_schema()},
       {"available_models", array_of(string_schema())},
       {"pending_actions", integer()},
       {"executing_actions", integer()},
       {"providers", map_of(ref("ProviderHealth"))},
       {"channels", map_of(ref("ChannelState"))},
       {"durability", enum_schema({"sync", "async"})},
       {"durability_note", string_schema()},
       {"degraded_because", array_of(string_schema())},
       {"notices", array_of(string_schema())},
       {"version", string_schema()},
       {"started_at", time_schema()}},
      {"status", "ollama_connected", "available_models", "pending_actions"});
  s["Readiness"] = object_schema(
      {{"status", enum_schema({"ready", "degraded", "unavailable"})},
       {"parts", map_of(string_schema())},
       {"degraded_because", array_of(string_schema())}});
}

void add_catalogue(json& s) {
  s["Model"] = object_schema({{"name", string_schema()},
                              {"description", string_schema()},
                              {"size", string_schema()},
                              {"parameters", string_schema()},
                              {"size_bytes", integer()},
                              {"family", string_schema()},
                              {"modified_at", string_schema()},
                              {"provider", string_schema()},
                              {"available", boolean_schema()},
                              {"context_length", integer()},
                              {"capabilities", array_of(string_schema())}},
                             {"name"});
  s["Skill"] = object_schema({{"id", string_schema()},
                              {"name", string_schema()},
                              {"enabled", boolean_schema()}});
  s["Provider"] = object_schema({{"type", string_schema()},
                                 {"enabled", boolean_schema()},
                                 {"default_model", nullable(string_schema())},
                                 {"base_url", nullable(string_schema())},
                                 {"state", string_schema()}});
  s["Providers"] =
      object_schema({{"default_provider", nullable(string_schema())},
                     {"providers", map_of(ref("Provider"))}});
  s["ProviderModels"] = object_schema({{"provider", string_schema()},
                                       {"models", array_of(string_schema())},
                                       {"models_at", nullable(time_schema())}});
}

void add_supervision(json& s) {
  s["Node"] = object_schema(
      {{"id", string_schema()},
       {"path", string_schema()},
       {"type", enum_schema({"supervisor", "worker"})},
       {"state", enum_schema({"starting", "running", "recovering", "backoff",
                              "hung", "failed", "stopping", "stopped"})},
       {"state_since", time_schema()},
       {"restart", enum_schema({"permanent", "transient", "temporary"})},
       {"strategy", nullable(string_schema())},
       {"intensity", free_object()},
       {"restarts", integer()},
       {"ineffective_restarts", integer()},
       {"incarnation", integer()},
       {"last_exit", nullable(free_object())},
       {"next_attempt", nullable(time_schema())},
       {"last_recovery_ms", nullable(integer())},
       {"uptime_s", number()},
       {"mailbox", free_object()},
       {"messages", integer()},
       {"busy_ms", integer()},
       {"handler_ms", integer()},
       {"last_exchange", nullable(free_object())},
       {"alerts", array_of(free_object())},
       {"children", array_of(ref("Node"))}},
      {"id", "path", "state", "children"});
  s["Tree"] = object_schema({{"root", ref("Node")}}, {"root"});
}

}  // namespace

json component_schemas() {
  json schemas = json::object();
  add_errors(schemas);
  add_requests(schemas);
  add_actions(schemas);
  add_audit(schemas);
  add_state(schemas);
  add_catalogue(schemas);
  add_supervision(schemas);
  return schemas;
}

}  // namespace closedpaw::http
