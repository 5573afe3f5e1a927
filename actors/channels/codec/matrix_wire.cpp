#include "actors/channels/codec/matrix_wire.hpp"

#include <algorithm>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include "actors/channels/codec/answers.hpp"
#include "messages/model/json.hpp"
#include "messages/model/json_fields.hpp"

namespace closedpaw::channels::codec::matrix {

namespace {

constexpr std::string_view client = "/_matrix/client/v3/";

std::string encoded(std::string_view text) {
  return boost::urls::encode(text, boost::urls::unreserved_chars);
}

std::string client_path(std::string_view rest) {
  std::string out{client};
  out += rest;
  return out;
}

std::string room_path(std::string_view room, std::string_view rest) {
  auto out = client_path("rooms/");
  out += encoded(room);
  out += rest;
  return out;
}

http_request with_json(std::string method, std::string path, const json& body) {
  return {std::move(method),
          std::move(path),
          {{"content-type", "application/json"}},
          dump(body)};
}

failure malformed(const char* what) {
  return malformed_answer("the homeserver", what);
}

errc meaning_of(unsigned status, std::string_view code) {
  if (code == "M_UNKNOWN_TOKEN" || code == "M_MISSING_TOKEN")
    return errc::upstream_refused;
  if (code == "M_LIMIT_EXCEEDED")
    return errc::too_many_requests;
  return code_of(status);
}

failure refused_by_server(const http_reply& reply) {
  constexpr std::uint64_t longest_wait_ms = 3'600'000;
  const auto body = parse_json(reply.body);
  const json told = body && body->is_object() ? *body : json::object();
  const auto code = text_or_empty(told, "errcode");
  auto text = text_or_empty(told, "error");
  if (!code.empty())
    text = code + ' ' + text;
  auto why = refusal("the homeserver", meaning_of(reply.status, code),
                     reply.status, text);
  if (const auto wait = count_or_zero(told, "retry_after_ms"); wait > 0)
    why.retry_after =
        std::chrono::milliseconds{std::min(wait, longest_wait_ms)};
  return why;
}

result<json> object_of(const http_reply& reply) {
  if (reply.status / 100 != 2)
    return refused_by_server(reply);
  auto body = parse_json(reply.body);
  if (!body || !body->is_object())
    return malformed("no JSON object");
  return {boost::system::in_place_value, std::move(*body)};
}

std::optional<incoming> message_of(const std::string& room, const json& event,
                                   std::string_view own_id) {
  const auto type = text_or_empty(event, "type");
  const bool encrypted = type == "m.room.encrypted";
  if (type != "m.room.message" && !encrypted)
    return std::nullopt;
  const auto* id = text_in(event, "event_id");
  const auto* sender = text_in(event, "sender");
  const auto* content = object_in(event, "content");
  if (!id || !sender || !content || *sender == own_id)
    return std::nullopt;
  const auto kind = text_or_empty(*content, "msgtype");
  // Bots speak so, and are not to be answered.
  if (kind == "m.notice")
    return std::nullopt;
  // An edit of what was said before.
  if (const auto* relation = object_in(*content, "m.relates_to");
      relation && text_or_empty(*relation, "rel_type") == "m.replace")
    return std::nullopt;
  incoming out;
  out.id = *id;
  out.sender = *sender;
  out.sender_name = *sender;
  out.conversation = room;
  out.refer_to = *id;
  if (kind == "m.text" && !encrypted)
    out.text = text_or_empty(*content, "body");
  return out;
}

void read_joined_room(const std::string& id, const json& room,
                      std::string_view own_id, synced& to) {
  if (const auto* summary = object_in(room, "summary"))
    if (const auto n = count_or_zero(*summary, "m.joined_member_count"); n > 0)
      to.members[id] = n;
  const auto* timeline = object_in(room, "timeline");
  if (timeline) {
    const auto limited = timeline->find("limited");
    if (limited != timeline->end() && limited->is_boolean() &&
        limited->get<bool>())
      if (auto from = text_or_empty(*timeline, "prev_batch"); !from.empty())
        to.gaps.push_back({id, std::move(from)});
  }
  const auto* events = timeline ? array_in(*timeline, "events") : nullptr;
  if (!events)
    return;
  for (const auto& event : *events)
    if (text_or_empty(event, "type") == "m.room.member")
      to.changed.push_back(id);
    else if (auto message = message_of(id, event, own_id))
      to.messages.push_back(std::move(*message));
}

}  // namespace

http_request who_am_i() {
  return {"GET", client_path("account/whoami"), {}, {}};
}

http_request sync(std::string_view since, std::uint32_t timeout_ms) {
  // Neither presence nor receipts, and of the first sync no history.
  const json filter{
      {"presence", {{"types", json::array()}}},
      {"account_data", {{"types", json::array()}}},
      {"room",
       {{"timeline",
         {{"limit", since.empty() ? 0 : 100},
          {"types", {"m.room.message", "m.room.encrypted", "m.room.member"}}}},
        {"state", {{"types", {"m.room.member"}}, {"lazy_load_members", true}}},
        {"ephemeral", {{"types", json::array()}}},
        {"account_data", {{"types", json::array()}}}}}};
  auto path = client_path("sync?timeout=");
  path += std::to_string(timeout_ms) + "&filter=" + encoded(dump(filter));
  if (!since.empty())
    path += "&since=" + encoded(since);
  return {"GET", std::move(path), {}, {}};
}

http_request log_in(std::string_view device_id) {
  return with_json("POST", client_path("login"),
                   {{"type", "m.login.password"},
                    {"identifier", {{"type", "m.id.user"}, {"user", ""}}},
                    {"password", ""},
                    {"device_id", device_id},
                    {"initial_device_display_name", "ClosedPaw"}});
}

std::string with_password(std::string_view body, const std::string& user,
                          const std::string& password) {
  auto what = parse_json(body);
  if (!what || !what->is_object())
    return std::string{body};
  (*what)["identifier"]["user"] = user;
  (*what)["password"] = password;
  return dump(*what);
}

http_request get_history(const gap& of, std::string_view since) {
  const json filter{{"types", {"m.room.message", "m.room.encrypted"}}};
  auto path = room_path(of.room, "/messages?dir=b&limit=100&from=");
  path += encoded(of.from) + "&to=" + encoded(since) +
          "&filter=" + encoded(dump(filter));
  return {"GET", std::move(path), {}, {}};
}

http_request join(std::string_view room) {
  return with_json("POST", room_path(room, "/join"), json::object());
}

http_request joined_members(std::string_view room) {
  return {"GET", room_path(room, "/joined_members"), {}, {}};
}

http_request send(const outgoing& message, std::string_view part,
                  std::size_t index) {
  // A notice, which other bots do not answer.
  json content{{"msgtype", "m.notice"}, {"body", part}};
  if (!message.refer_to.empty())
    content["m.relates_to"] = {
        {"m.in_reply_to", {{"event_id", message.refer_to}}}};
  return with_json("PUT",
                   room_path(message.conversation,
                             "/send/m.room.message/" + encoded(message.id) +
                                 '-' + std::to_string(index)),
                   content);
}

result<std::string> parse_login(const http_reply& reply) {
  // A wrong password is "forbidden" here.
  auto body = object_of(reply);
  if (!body) {
    auto why = body.error();
    if (why.code == errc::forbidden) {
      why.code = errc::upstream_refused;
      why.message += "; register the channel with the right user and password";
    }
    return why;
  }
  const auto* token = text_in(*body, "access_token");
  if (!token || token->empty())
    return malformed("no \"access_token\"");
  return *token;
}

result<history> parse_history(const http_reply& reply, const std::string& room,
                              std::string_view own_id) {
  auto body = object_of(reply);
  if (!body)
    return body.error();
  const auto* chunk = array_in(*body, "chunk");
  if (!chunk)
    return malformed("no \"chunk\"");
  history out;
  for (auto it = chunk->rbegin(); it != chunk->rend(); ++it)
    if (auto message = message_of(room, *it, own_id))
      out.messages.push_back(std::move(*message));
  // An empty page is not the last one where there is an "end".
  out.from = text_or_empty(*body, "end");
  return out;
}

result<std::string> parse_whoami(const http_reply& reply) {
  auto body = object_of(reply);
  if (!body)
    return body.error();
  const auto* id = text_in(*body, "user_id");
  if (!id || id->empty())
    return malformed("no \"user_id\"");
  return *id;
}

result<synced> parse_sync(const http_reply& reply, std::string_view own_id) {
  auto body = object_of(reply);
  if (!body)
    return body.error();
  const auto* next = text_in(*body, "next_batch");
  if (!next || next->empty())
    return malformed("no \"next_batch\"");
  synced out;
  out.next = *next;
  const auto* rooms = object_in(*body, "rooms");
  if (!rooms)
    return out;
  if (const auto* joined = object_in(*rooms, "join"))
    for (const auto& [id, room] : joined->items())
      read_joined_room(id, room, own_id, out);
  if (const auto* invited = object_in(*rooms, "invite"))
    for (const auto& [id, room] : invited->items())
      out.invites.push_back(id);
  return out;
}

result<std::uint64_t> parse_members(const http_reply& reply) {
  auto body = object_of(reply);
  if (!body)
    return body.error();
  const auto* joined = object_in(*body, "joined");
  if (!joined)
    return malformed("no \"joined\"");
  return std::uint64_t{joined->size()};
}

result<void> parse_joined(const http_reply& reply) {
  auto body = object_of(reply);
  if (!body)
    return body.error();
  return {};
}

result<void> parse_sent(const http_reply& reply) {
  auto body = object_of(reply);
  if (!body)
    return body.error();
  if (!text_in(*body, "event_id"))
    return malformed("what was sent has no \"event_id\"");
  return {};
}

}  // namespace closedpaw::channels::codec::matrix
