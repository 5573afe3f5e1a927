#include "messages/model/audit_event.hpp"

namespace closedpaw {

namespace {

void member(std::string& out, std::string_view key, std::string_view value) {
  out += ",\"";
  out += key;
  out += "\":";
  append_json_string(out, value);
}

void member_if(std::string& out, std::string_view key,
               const std::optional<std::string>& value) {
  if (value)
    member(out, key, std::string_view{*value});
}

std::string action_id_text(const audit_event& e) {
  return e.action_id.is_nil() ? std::string{} : to_string(e.action_id);
}

audit_event read_event(const json& j) {
  audit_event e;
  const auto id = j.at("action_id").get<std::string>();
  if (!id.empty())
    e.action_id = parse_uuid(id).value();
  e.action_type = j.at("action_type").get<std::string>();
  e.actor = j.at("actor").get<std::string>();
  e.details = j.at("details");
  e.level = j.at("level").get<std::string>();
  e.outcome = optional_text(j, "outcome");
  e.request_id = j.at("request_id").get<std::string>();
  e.skill_id = optional_text(j, "skill_id");
  e.status = j.at("status").get<std::string>();
  e.time =
      timestamp{std::chrono::microseconds{j.at("time_us").get<std::int64_t>()}};
  e.user.id = j.at("user").at("id").get<std::string>();
  e.user.kind = j.at("user").at("kind").get<std::string>();
  return e;
}

}  // namespace

std::string canonical_bytes(const audit_event& e) {
  std::string out;
  out.reserve(384);
  out += "{\"action_id\":";
  append_json_string(out, action_id_text(e));
  member(out, "action_type", e.action_type);
  member(out, "actor", e.actor);
  out += ",\"details\":";
  append_json(out, e.details);
  member(out, "level", e.level);
  member_if(out, "outcome", e.outcome);
  member(out, "request_id", e.request_id);
  member_if(out, "skill_id", e.skill_id);
  member(out, "status", e.status);
  out += ",\"time_us\":";
  out += std::to_string(e.time.time_since_epoch().count());
  out += ",\"user\":{\"id\":";
  append_json_string(out, e.user.id);
  member(out, "kind", e.user.kind);
  out += "}}";
  return out;
}

result<audit_event> audit_event_from_bytes(std::string_view bytes) {
  try {
    return read_event(json::parse(bytes.begin(), bytes.end()));
  } catch (const std::exception& e) {
    return failure{errc::storage_failed,
                   std::string{"an audit event is damaged: "} + e.what(),
                   {},
                   {}};
  }
}

json to_wire(const stored_event& s) {
  const auto& e = s.event;
  auto text_or_null = [](const std::optional<std::string>& x) {
    return x ? json(*x) : json();
  };
  return {
      {"timestamp", to_iso8601(e.time)},
      {"action_id", action_id_text(e)},
      {"action_type", e.action_type},
      {"skill_id", text_or_null(e.skill_id)},
      {"status", e.status},
      {"outcome", text_or_null(e.outcome)},
      {"details", e.details},
      {"sequence", s.sequence},
      {"actor", e.actor},
      {"user", e.user.id},
      {"level", e.level},
      {"request_id", e.request_id},
  };
}

}  // namespace closedpaw
