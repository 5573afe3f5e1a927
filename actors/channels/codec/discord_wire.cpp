#include "actors/channels/codec/discord_wire.hpp"

#include <algorithm>
#include <cmath>

#include "actors/channels/codec/answers.hpp"
#include "messages/model/json_fields.hpp"

namespace closedpaw::channels::codec::discord {

namespace {

using std::chrono::milliseconds;

// Intents (Gateway, "List of Intents"): messages of servers and private ones,
// with what they say.
constexpr std::uint32_t intents = 1U << 9 | 1U << 12 | 1U << 15;
constexpr double longest_wait_s = 3600;
constexpr std::size_t longest_nonce = 25;

failure malformed(const char* what) {
  return malformed_answer("Discord", what);
}

std::optional<milliseconds> seconds_in(const json& object, const char* name) {
  const auto it = object.find(name);
  if (it == object.end() || !it->is_number())
    return std::nullopt;
  const auto s = std::clamp(it->get<double>(), 0.0, longest_wait_s);
  return milliseconds{static_cast<milliseconds::rep>(std::ceil(s * 1000))};
}

failure refused_by_discord(const http_reply& reply) {
  const auto body = parse_json(reply.body);
  const json told = body && body->is_object() ? *body : json::object();
  auto why = refusal("Discord", code_of(reply.status), reply.status,
                     text_or_empty(told, "message"));
  why.retry_after = seconds_in(told, "retry_after");
  return why;
}

result<json> value_of(const http_reply& reply) {
  if (reply.status / 100 != 2)
    return refused_by_discord(reply);
  auto body = parse_json(reply.body);
  if (!body)
    return malformed("no JSON");
  return {boost::system::in_place_value, std::move(*body)};
}

std::string nonce_of(const std::string& id, std::size_t index) {
  std::string out;
  for (const char c : id)
    if (c != '-')
      out += c;
  const auto number = std::to_string(index);
  return out.substr(out.size() -
                    std::min(out.size(), longest_nonce - number.size())) +
         number;
}

/// Ids are numbers; anything else would be another path.
std::string id_of(std::string_view text) {
  const bool number = !text.empty() && std::ranges::all_of(text, [](char c) {
    return c >= '0' && c <= '9';
  });
  return number ? std::string{text} : "0";
}

std::string text_of(opcode op, json data) {
  return dump({{"op", static_cast<int>(op)}, {"d", std::move(data)}});
}

}  // namespace

http_request get_gateway() {
  return {"GET", "/gateway/bot", {}, {}};
}

http_request get_messages(std::string_view conversation,
                          std::string_view after) {
  return {"GET",
          "/channels/" + id_of(conversation) +
              "/messages?limit=100&after=" + id_of(after),
          {},
          {}};
}

http_request create_message(const outgoing& message, std::string_view part,
                            std::size_t index, bool refers) {
  json body{{"content", part},
            {"nonce", nonce_of(message.id, index)},
            {"enforce_nonce", true},
            // What a model writes is not to call anybody.
            {"allowed_mentions", {{"parse", json::array()}}}};
  if (refers && !message.refer_to.empty())
    body["message_reference"] = {{"message_id", message.refer_to},
                                 {"fail_if_not_exists", false}};
  return {"POST",
          "/channels/" + id_of(message.conversation) + "/messages",
          {{"content-type", "application/json"}},
          dump(body)};
}

bool is_about_reference(const failure& why) {
  return why.code == errc::forbidden &&
         why.message.find("Cannot reply without permission") !=
             std::string::npos;
}

result<gateway> parse_gateway(const http_reply& reply) {
  auto body = value_of(reply);
  if (!body)
    return body.error();
  const auto* url = text_in(*body, "url");
  if (!url || url->empty())
    return malformed("no \"url\" of the gateway");
  gateway out{*url, 1, {}};
  if (const auto* limit = object_in(*body, "session_start_limit")) {
    if (limit->contains("remaining"))
      out.remaining = count_or_zero(*limit, "remaining");
    out.reset_after = milliseconds{count_or_zero(*limit, "reset_after")};
  }
  return out;
}

result<page> parse_messages(const http_reply& reply, std::string_view own_id) {
  auto body = value_of(reply);
  if (!body)
    return body.error();
  if (!body->is_array())
    return malformed("no list of messages");
  page out;
  out.count = body->size();
  // Newest first.
  if (!body->empty())
    out.last_id = text_or_empty(body->front(), "id");
  for (auto it = body->rbegin(); it != body->rend(); ++it)
    if (auto message = parse_message(*it, own_id))
      out.messages.push_back(std::move(*message));
  return out;
}

result<void> parse_created(const http_reply& reply) {
  auto body = value_of(reply);
  if (!body)
    return body.error();
  if (!text_in(*body, "id"))
    return malformed("what was created has no \"id\"");
  return {};
}

milliseconds pause_after(const http_reply& reply) {
  if (reply.header_value("x-ratelimit-remaining") != "0")
    return {};
  const std::string text{reply.header_value("x-ratelimit-reset-after")};
  char* end = nullptr;
  const double s = std::strtod(text.c_str(), &end);
  if (end == text.c_str() || !(s > 0))
    return {};
  return milliseconds{static_cast<milliseconds::rep>(
      std::ceil(std::min(s, longest_wait_s) * 1000))};
}

std::optional<payload> parse_payload(std::string_view text) {
  auto body = parse_json(text);
  if (!body || !body->is_object())
    return std::nullopt;
  payload out;
  const auto op = body->find("op");
  if (op == body->end() || !op->is_number_integer())
    return std::nullopt;
  out.op = op->get<int>();
  if (const auto s = body->find("s");
      s != body->end() && s->is_number_unsigned())
    out.sequence = s->get<std::uint64_t>();
  out.event = text_or_empty(*body, "t");
  if (const auto d = body->find("d"); d != body->end())
    out.data = std::move(*d);
  return out;
}

std::optional<incoming> parse_message(const json& data,
                                      std::string_view own_id) {
  const auto* author = object_in(data, "author");
  const auto* id = text_in(data, "id");
  const auto* where = text_in(data, "channel_id");
  const auto* sender = author ? text_in(*author, "id") : nullptr;
  if (!author || !id || !where || !sender || *sender == own_id)
    return std::nullopt;
  const auto bot = author->find("bot");
  if (bot != author->end() && bot->is_boolean() && bot->get<bool>())
    return std::nullopt;
  // 0 is a message and 19 a reply; others tell of joins, pins and the like.
  const auto type = count_or_zero(data, "type");
  if (type != 0 && type != 19)
    return std::nullopt;
  incoming out;
  out.id = *id;
  out.sender = *sender;
  out.sender_name = text_or_empty(*author, "username");
  out.conversation = *where;
  out.is_private = !data.contains("guild_id");
  out.refer_to = *id;
  out.text = text_or_empty(data, "content");
  return out;
}

std::string heartbeat(std::optional<std::uint64_t> sequence) {
  return text_of(opcode::heartbeat, sequence ? json(*sequence) : json());
}

std::string identify() {
  return text_of(
      opcode::identify,
      {{"token", ""},
       {"intents", intents},
       {"properties",
        {{"os", "linux"}, {"browser", "closedpaw"}, {"device", "closedpaw"}}}});
}

std::string resume(std::string_view session, std::uint64_t sequence) {
  return text_of(opcode::resume,
                 {{"token", ""}, {"session_id", session}, {"seq", sequence}});
}

std::string with_token(std::string_view text, const std::string& token) {
  auto body = parse_json(text);
  if (!body || !body->is_object())
    return std::string{text};
  (*body)["d"]["token"] = token;
  return dump(*body);
}

closed_how meaning_of(std::optional<std::uint16_t> code) {
  if (!code)
    return closed_how::may_resume;
  switch (*code) {
    case 4004:
    case 4010:
    case 4011:
    case 4012:
    case 4013:
    case 4014:
      return closed_how::for_good;
    case 1000:
    case 1001:
    case 4003:
    case 4007:
    case 4009:
      return closed_how::new_session;
    default:
      return closed_how::may_resume;
  }
}

failure refusal_of(std::uint16_t code) {
  if (code == 4004)
    return {errc::upstream_refused,
            "Discord's gateway refuses the bot's token (4004); store another "
            "one",
            {},
            {}};
  if (code == 4014)
    return {errc::forbidden,
            "Discord's gateway refuses our intents (4014); allow the bot the "
            "Message Content intent in the developer portal",
            {},
            {}};
  return {
      errc::forbidden,
      "Discord's gateway refuses us for good (" + std::to_string(code) + ")",
      {},
      {}};
}

}  // namespace closedpaw::channels::codec::discord
