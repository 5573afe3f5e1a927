#include "messages/model/audit_event.hpp"

#include "messages/model/json_writer.hpp"
#include "messages/model/redaction.hpp"

namespace closedpaw {

namespace {

void write_action_id(json_writer& w, const audit_event& e) {
  if (e.action_id.is_nil())
    w.text("action_id", "");
  else
    w.text("action_id", uuid_text{e.action_id});
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
  json_writer w{out};
  write_action_id(w, e);
  w.text("action_type", e.action_type);
  w.text("actor", e.actor);
  if (holds_secret(e.details.str()))
    w.value("details", json_text{redact_all(e.details.value())});
  else
    w.value("details", e.details);
  w.text("level", e.level);
  w.text_if("outcome", e.outcome);
  w.text("request_id", e.request_id);
  w.text_if("skill_id", e.skill_id);
  w.text("status", e.status);
  w.value("time_us", e.time.time_since_epoch().count());
  w.object("user", [&](json_writer& user) {
    user.text("id", e.user.id);
    user.text("kind", e.user.kind);
  });
  w.end();
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

void append_wire(std::string& out, const stored_event& s) {
  const auto& e = s.event;
  json_writer w{out};
  w.text("timestamp", to_iso8601(e.time));
  write_action_id(w, e);
  w.text("action_type", e.action_type);
  w.text_or_null("skill_id", e.skill_id);
  w.text("status", e.status);
  w.text_or_null("outcome", e.outcome);
  w.value("details", e.details);
  w.value("sequence", s.sequence);
  w.text("actor", e.actor);
  w.text("user", e.user.id);
  w.text("level", e.level);
  w.text("request_id", e.request_id);
  w.end();
}

}  // namespace closedpaw
