#include "actors/channels/policy/records.hpp"

#include "messages/model/sha256.hpp"

namespace closedpaw::channels {

namespace {

std::string below(std::string_view table, std::string_view channel) {
  return std::string{table} + std::string{channel} + '/';
}

std::string text_in(const json& row, const char* name) {
  const auto it = row.find(name);
  return it != row.end() && it->is_string() ? it->get<std::string>()
                                            : std::string{};
}

}  // namespace

std::string registration_key(std::string_view channel) {
  return std::string{registrations_prefix} + std::string{channel};
}

std::string switch_key(std::string_view channel) {
  return std::string{switches_prefix} + std::string{channel};
}

std::string cursor_key(std::string_view channel) {
  return "channel_cursors/" + std::string{channel};
}

std::string seen_prefix(std::string_view channel) {
  return below("channel_seen/", channel);
}

std::string outbox_prefix(std::string_view channel) {
  return below("channel_outbox/", channel);
}

std::string outbox_key(std::string_view channel, const uuid& id) {
  return outbox_prefix(channel) + to_string(id);
}

std::string users_prefix(std::string_view channel) {
  return below(users_table, channel);
}

std::string user_key(std::string_view channel, std::string_view user) {
  return users_prefix(channel) + key_part(user);
}

std::string key_part(std::string_view id) {
  constexpr std::size_t longest = 300;
  return id.size() <= longest ? std::string{id}
                              : "sha256:" + to_hex(sha256({id}));
}

std::string pairings_prefix(std::string_view channel) {
  return below(pairings_table, channel);
}

std::string pairing_key(std::string_view channel, std::string_view code) {
  return pairings_prefix(channel) + std::string{code};
}

std::string secret_name(std::string_view channel, std::string_view secret) {
  return below("channels/", channel) + std::string{secret};
}

std::string secret_audience(std::string_view type, std::string_view base_url) {
  return "channel " + std::string{type} + ' ' + std::string{base_url};
}

json to_json(const owed_reply& x) {
  json row{{"conversation", x.conversation},
           {"refer_to", x.refer_to},
           {"asked_at", x.asked_at.time_since_epoch().count()}};
  if (x.text)
    row["text"] = *x.text;
  if (x.unasked)
    row["unasked"] = true;
  return row;
}

std::optional<owed_reply> owed_from(const uuid& id, const json& row) {
  if (!row.is_object() || !row.contains("conversation"))
    return std::nullopt;
  owed_reply out;
  out.id = id;
  out.conversation = text_in(row, "conversation");
  out.refer_to = text_in(row, "refer_to");
  if (row.contains("text"))
    out.text = text_in(row, "text");
  out.unasked = row.contains("unasked");
  if (const auto at = row.find("asked_at");
      at != row.end() && at->is_number_integer())
    out.asked_at =
        timestamp{std::chrono::microseconds{at->get<std::int64_t>()}};
  return out;
}

principal principal_of(std::string_view channel, std::string_view sender) {
  return {"channel", std::string{channel} + ':' + std::string{sender}};
}

audit_event change_event(const std::string& key, const json& before,
                         const json& after, const principal& who,
                         const std::string& request_id, timestamp now) {
  audit_event e;
  e.time = now;
  e.actor = "channels/router";
  e.user = who;
  e.action_type = "config_change";
  e.status = "completed";
  e.outcome = "success";
  e.request_id = request_id;
  e.details = json{{"key", key}, {"before", before}, {"after", after}};
  return e;
}

audit_event channel_event(std::string_view channel, std::string_view status,
                          const principal& who, const json& details,
                          timestamp now) {
  audit_event e;
  e.time = now;
  e.actor = "channels/" + std::string{channel};
  e.user = who;
  e.action_type = "channel";
  e.status = status;
  const bool bad = status == "refused" || status == "reply_failed";
  e.outcome = bad ? "failure" : "success";
  e.level = bad ? "medium" : "low";
  e.details = details;
  return e;
}

}  // namespace closedpaw::channels
