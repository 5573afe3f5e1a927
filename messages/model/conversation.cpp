#include "messages/model/conversation.hpp"

#include <array>

#include "messages/model/json_fields.hpp"
#include "messages/model/sha256.hpp"

namespace closedpaw {

namespace {

constexpr std::array<std::string_view, 3> speakers{"user", "assistant",
                                                   "system"};

struct flag {
  const char* name;
  bool turn::*value;
};
/// In a row only where they are set.
constexpr std::array<flag, 3> flags{{{"aside", &turn::aside},
                                     {"failed", &turn::failed},
                                     {"begins_anew", &turn::begins_anew}}};

}  // namespace

std::string_view to_string(speaker x) {
  return speakers[static_cast<std::size_t>(x)];
}

json to_row(const turn& x) {
  json row{{"conversation", x.conversation},
           {"from", to_string(x.from)},
           {"text", x.text},
           {"at", x.at.time_since_epoch().count()}};
  if (!x.sender.empty())
    row["sender"] = x.sender;
  if (!x.refers_to.is_nil())
    row["refers_to"] = to_string(x.refers_to);
  if (!x.delivery.empty())
    row["delivery"] = x.delivery;
  for (const auto& f : flags)
    if (x.*f.value)
      row[f.name] = true;
  return row;
}

std::optional<turn> turn_from(const uuid& id, const json& row) {
  const auto* conversation = text_in(row, "conversation");
  const auto* from = text_in(row, "from");
  const auto* text = text_in(row, "text");
  if (!conversation || !from || !text)
    return std::nullopt;
  turn out;
  out.id = id;
  out.conversation = *conversation;
  out.text = *text;
  for (std::size_t i = 0; i < speakers.size(); ++i)
    if (speakers[i] == *from)
      out.from = static_cast<speaker>(i);
  out.sender = text_or_empty(row, "sender");
  out.refers_to = parse_uuid(text_or_empty(row, "refers_to")).value_or(uuid{});
  if (const auto at = row.find("at");
      at != row.end() && at->is_number_integer())
    out.at = timestamp{std::chrono::microseconds{at->get<std::int64_t>()}};
  out.delivery = text_or_empty(row, "delivery");
  for (const auto& f : flags)
    out.*f.value = row.contains(f.name);
  return out;
}

json to_json(const turn& x) {
  return {{"id", to_string(x.id)},
          {"conversation", x.conversation},
          {"from", to_string(x.from)},
          {"refers_to",
           x.refers_to.is_nil() ? json() : json(to_string(x.refers_to))},
          {"text", x.text},
          {"failed", x.failed},
          {"at", to_iso8601(x.at)}};
}

std::string turns_prefix(std::string_view channel) {
  std::string out{"channel_turns/"};
  (out += channel) += '/';
  return out;
}

std::string turns_prefix(std::string_view channel,
                         std::string_view conversation) {
  auto out = turns_prefix(channel);
  // Ids may have slashes, and are not to reach into another's rows.
  (out += to_hex(sha256({conversation}))) += '/';
  return out;
}

}  // namespace closedpaw
