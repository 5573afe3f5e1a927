#include "http/routes/render.hpp"

#include "http/routes/replies.hpp"
#include "http/routes/validation/query.hpp"
#include "messages/model/chat.hpp"
#include "messages/model/json_writer.hpp"

namespace closedpaw::http {

namespace {

json text_or_null(const std::optional<std::string>& text) {
  return text ? json(*text) : json();
}

void append_action(std::string& out, const action& x) {
  json_writer w{out};
  w.text("id", to_string(x.id));
  w.text("action_type", to_string(x.type));
  w.text("status", to_string(x.status));
  w.text("security_level", to_string(x.level));
  w.value("result", x.result);
  w.text_or_null("error", x.error);
  w.text("created_at", to_iso8601(x.created_at));
  w.text_or_null("completed_at",
                 x.completed_at ? std::optional{to_iso8601(*x.completed_at)}
                                : std::nullopt);
  w.text_or_null("skill_id", x.skill_id);
  w.value("parameters", x.parameters);
  w.text("digest", x.digest);
  w.text_or_null("error_code", x.error_code);
  w.text("requested_by", x.requested_by.id);
  w.text_or_null("decided_by",
                 x.decided_by ? std::optional{x.decided_by->id} : std::nullopt);
  w.text_or_null("claimed_user", x.claimed_user);
  w.text("request_id", x.request_id);
  w.value("version", x.version);
  w.end();
}

void append_pending(std::string& out, const action& x) {
  json_writer w{out};
  w.text("id", to_string(x.id));
  w.text("action_type", to_string(x.type));
  w.text_or_null("skill_id", x.skill_id);
  w.text("security_level", to_string(x.level));
  w.value("parameters", x.parameters);
  w.text("created_at", to_iso8601(x.created_at));
  w.text("digest", x.digest);
  w.text("requested_by", x.requested_by.id);
  w.text_or_null("claimed_user", x.claimed_user);
  w.text("request_id", x.request_id);
  w.end();
}

/// In a list, where images have no place; an action by itself shows all.
template <class Append>
void append_light(std::string& out, const action& x, Append append) {
  if (x.type != action_type::chat)
    return append(out, x);
  auto light = x;
  light.parameters = without_images(x.parameters);
  append(out, light);
}

void append_listed(std::string& out, const action& x) {
  append_light(out, x, append_action);
}

/// `append(std::string&, element)` writes each one.
template <class List, class Append>
std::string array_text(const List& list, Append append) {
  std::string out;
  append_array(out, list, append);
  return out;
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
  std::string body;
  body.reserve(160);
  json_writer w{body};
  w.text("action_id", to_string(answer.id));
  w.text("status", to_string(answer.decision));
  w.text("security_level", to_string(answer.level));
  w.value("requires_approval", answer.decision == action_status::pending);
  w.end();
  return json_response(200, std::move(body));
}

response render_held(const submitted& answer) {
  const auto id = to_string(answer.id);
  return json_reply(
      {{"status", to_string(answer.decision)},
       {"action_id", id},
       {"security_level", to_string(answer.level)},
       {"requires_approval", true},
       {"detail",
        "security.strict: it takes effect once it is approved (POST "
        "/api/actions/" +
            id + "/approve)"}},
      202);
}

response render(const action& row) {
  std::string body;
  append_action(body, row);
  return json_response(200, std::move(body));
}

response render(const action_list& page, const list_actions& asked) {
  auto r = json_response(200, array_text(page.actions, append_listed));
  if (page.next_before)
    link_next(r, "/api/actions", list_query(asked, *page.next_before));
  return r;
}

response render(const audit_page& page, const read_audit& asked) {
  auto r = json_response(200, array_text(page.events, append_wire));
  if (page.next_before)
    link_next(r, "/api/audit-logs",
              replace_in_query(asked.raw_query, "before",
                               std::to_string(*page.next_before)));
  return r;
}

response render(const audit_proof& x) {
  return json_response(200, x.body.str());
}

response render_pending(const orchestrator_view& view) {
  return json_response(
      200, array_text(view.pending, [](std::string& out, const auto& row) {
        append_light(out, *row, append_pending);
      }));
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

response render_registered(std::string_view name) {
  return json_reply({{"status", "success"}, {"provider", name}});
}

response render_removed(std::string_view name) {
  return json_reply({{"status", "success"}, {"removed", name}});
}

response render_checked(std::string_view name, std::string_view proof) {
  return json_reply({{"provider", name}, {"healthy", true}, {"proof", proof}});
}

response render_channel(std::string_view name) {
  return json_reply({{"status", "success"}, {"channel", name}});
}

response render_channel_removed(std::string_view name) {
  return json_reply({{"status", "success"}, {"removed", name}});
}

response render_switched(const switch_channels& asked, std::uint32_t channels) {
  return json_reply({{"status", asked.started ? "started" : "stopped"},
                     {"channels", channels}});
}

response render_bound(const bind_channel_user& asked) {
  return json_reply({{"status", "success"},
                     {"channel", asked.channel},
                     {asked.bound ? "user_id" : "removed", asked.user}});
}

response render_paired(std::string_view who) {
  const auto colon = who.find(':');
  return json_reply({{"status", "success"},
                     {"channel", who.substr(0, colon)},
                     {"user_id", who.substr(colon + 1)}});
}

response render_silence(std::string_view id) {
  return json_reply({{"status", "success"}, {"silence", id}});
}

response render_silence_ended(std::string_view id) {
  return json_reply({{"status", "success"}, {"ended", id}});
}

response render_sent(std::string_view channel, std::string_view id) {
  return json_reply(
      {{"status", "accepted"}, {"channel", channel}, {"message_id", id}}, 202);
}

response render(const conversation_page& page) {
  auto messages = json::array();
  for (const auto& x : page.turns)
    messages.push_back(to_json(x));
  return json_reply({{"messages", std::move(messages)}, {"more", page.more}});
}

response render_export(
    std::function<void(std::shared_ptr<byte_stream>)> begin) {
  response out;
  out.headers = {{"Content-Type", "application/x-ndjson"},
                 {"Cache-Control", "no-store"}};
  out.stream = std::move(begin);
  return out;
}

response render_mode(const mode_view& mode) {
  return json_reply({{"mode", to_string(mode.mode)},
                     {"since", to_iso8601(mode.since)},
                     {"by", mode.by},
                     {"reason", mode.reason}});
}

response render_vault(std::string answer) {
  return text_reply("application/json", std::move(answer));
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
