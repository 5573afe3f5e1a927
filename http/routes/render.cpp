#include "http/routes/render.hpp"

#include "http/routes/replies.hpp"
#include "http/routes/validation/query.hpp"

namespace closedpaw::http {

namespace {

json text_or_null(const std::optional<std::string>& text) {
  return text ? json(*text) : json();
}

json action_json(const action& x) {
  return {{"id", to_string(x.id)},
          {"action_type", to_string(x.type)},
          {"status", to_string(x.status)},
          {"security_level", to_string(x.level)},
          {"result", x.result},
          {"error", text_or_null(x.error)},
          {"created_at", to_iso8601(x.created_at)},
          {"completed_at",
           x.completed_at ? json(to_iso8601(*x.completed_at)) : json()},
          {"skill_id", text_or_null(x.skill_id)},
          {"parameters", x.parameters},
          {"digest", x.digest},
          {"error_code", text_or_null(x.error_code)},
          {"requested_by", x.requested_by.id},
          {"decided_by", x.decided_by ? json(x.decided_by->id) : json()},
          {"claimed_user", text_or_null(x.claimed_user)},
          {"request_id", x.request_id},
          {"version", x.version}};
}

void link_next(response& r, std::string_view path, const std::string& query) {
  r.headers.emplace_back(
      "Link", "<" + std::string{path} + "?" + query + ">; rel=\"next\"");
}

std::string list_query(const list_actions& asked, const uuid& before) {
  std::string query;
  if (asked.status)
    query = "status=" + std::string{to_string(*asked.status)} + "&";
  return query + "limit=" + std::to_string(asked.limit) +
         "&before=" + to_string(before);
}

}  // namespace

response render(const submitted& answer) {
  return json_reply(
      {{"action_id", to_string(answer.id)},
       {"status", to_string(answer.decision)},
       {"security_level", to_string(answer.level)},
       {"requires_approval", answer.decision == action_status::pending}});
}

response render(const action& row) {
  return json_reply(action_json(row));
}

response render(const action_list& page, const list_actions& asked) {
  json list = json::array();
  for (const auto& row : page.actions)
    list.push_back(action_json(row));
  auto r = json_reply(list);
  if (page.next_before)
    link_next(r, "/api/actions", list_query(asked, *page.next_before));
  return r;
}

response render(const audit_page& page, const read_audit& asked) {
  json list = json::array();
  for (const auto& event : page.events)
    list.push_back(to_wire(event));
  auto r = json_reply(list);
  if (page.next_before)
    link_next(r, "/api/audit-logs",
              replace_in_query(asked.raw_query, "before",
                               std::to_string(*page.next_before)));
  return r;
}

json pending_json(const orchestrator_view& view) {
  json list = json::array();
  for (const auto& row : view.pending)
    list.push_back({{"id", to_string(row->id)},
                    {"action_type", to_string(row->type)},
                    {"skill_id", text_or_null(row->skill_id)},
                    {"security_level", to_string(row->level)},
                    {"parameters", row->parameters},
                    {"created_at", to_iso8601(row->created_at)},
                    {"digest", row->digest},
                    {"requested_by", row->requested_by.id},
                    {"claimed_user", text_or_null(row->claimed_user)},
                    {"request_id", row->request_id}});
  return list;
}

response render_pending(const orchestrator_view& view) {
  return json_reply(pending_json(view));
}

response render_decision(const action& row, bool approved) {
  return json_reply({{"action_id", to_string(row.id)},
                     {"approved", approved},
                     {"status", approved ? "approved" : "rejected"}});
}

response render_cancelled(const action& row) {
  return json_reply({{"action_id", to_string(row.id)},
                     {"status", to_string(row.status)},
                     {"error", text_or_null(row.error)}});
}

response render_skill(std::string_view skill_id, bool enabled) {
  return json_reply({{"skill_id", skill_id}, {"enabled", enabled}});
}

response render_default_provider(std::string_view name) {
  return json_reply({{"status", "success"}, {"default_provider", name}});
}

response render_fault(const inject_fault& fault) {
  return json_reply({{"status", "injected"},
                     {"path", fault.path},
                     {"kind", to_string(fault.kind)}},
                    202);
}

response render(const readiness& answer) {
  json parts = json::object();
  for (const auto& [name, state] : answer.parts)
    parts[name] = state;
  const bool degraded = !answer.degraded_because.empty();
  const auto* status = !answer.ready ? "unavailable"
                       : degraded    ? "degraded"
                                     : "ready";
  return json_reply({{"status", status},
                     {"parts", std::move(parts)},
                     {"degraded_because", answer.degraded_because}},
                    answer.ready ? 200 : 503);
}

}  // namespace closedpaw::http
