#include "actors/channels/codec/telegram_wire.hpp"

#include <algorithm>
#include <charconv>

#include "actors/channels/codec/answers.hpp"
#include "actors/channels/codec/markdown_v2.hpp"
#include "messages/model/json.hpp"
#include "messages/model/json_fields.hpp"

namespace closedpaw::channels::codec::telegram {

namespace {

http_request post(const char* method, const json& body) {
  return {"POST",
          std::string{"/"} + method,
          {{"content-type", "application/json"}},
          dump(body)};
}

std::optional<std::int64_t> id_in(const json& object, const char* name) {
  if (!object.is_object())
    return std::nullopt;
  const auto it = object.find(name);
  if (it == object.end() || !it->is_number_integer())
    return std::nullopt;
  return it->get<std::int64_t>();
}

failure malformed(const char* what) {
  return malformed_answer("Telegram", what);
}

constexpr std::int64_t longest_wait_s = 3600;

failure refused_by_telegram(const json& body, unsigned http_status) {
  const auto status =
      static_cast<unsigned>(id_in(body, "error_code").value_or(http_status));
  // An unknown bot is "Not Found"; a webhook, or another one who polls, is a
  // "Conflict".
  const auto code = status == 404   ? errc::upstream_refused
                    : status == 409 ? errc::conflict
                                    : code_of(status);
  auto why =
      refusal("Telegram", code, status, text_or_empty(body, "description"));
  if (const auto* more = object_in(body, "parameters"))
    if (const auto wait = id_in(*more, "retry_after"))
      why.retry_after = std::chrono::seconds{
          std::clamp<std::int64_t>(*wait, 0, longest_wait_s)};
  return why;
}

/// What stands in a good answer's "result".
result<json> result_of(const http_reply& reply) {
  auto body = parse_json(reply.body);
  if (!body || !body->is_object())
    return reply.status / 100 == 2 ? malformed("no JSON object")
                                   : refused_by_telegram({}, reply.status);
  const auto ok = body->find("ok");
  if (ok == body->end() || !ok->is_boolean())
    return reply.status / 100 == 2 ? malformed("no \"ok\"")
                                   : refused_by_telegram({}, reply.status);
  if (!ok->get<bool>())
    return refused_by_telegram(*body, reply.status);
  const auto it = body->find("result");
  if (it == body->end())
    return malformed("no \"result\"");
  return {boost::system::in_place_value, std::move(*it)};
}

std::string name_of(const json& user) {
  if (const auto* name = text_in(user, "username"))
    return *name;
  return text_or_empty(user, "first_name");
}

/// A topic of a group has answers of its own.
std::string conversation_of(std::int64_t chat, const json& message) {
  auto out = std::to_string(chat);
  const auto thread = id_in(message, "message_thread_id");
  const auto it = message.find("is_topic_message");
  if (thread && it != message.end() && it->is_boolean() && it->get<bool>())
    out += '/' + std::to_string(*thread);
  return out;
}

std::optional<incoming> message_of(std::int64_t update_id, const json& entry) {
  const auto* message = object_in(entry, "message");
  const auto* from = message ? object_in(*message, "from") : nullptr;
  const auto* chat = message ? object_in(*message, "chat") : nullptr;
  if (!from || !chat)
    return std::nullopt;
  const auto bot = from->find("is_bot");
  if (bot != from->end() && bot->is_boolean() && bot->get<bool>())
    return std::nullopt;
  const auto sender = id_in(*from, "id");
  const auto where = id_in(*chat, "id");
  const auto number = id_in(*message, "message_id");
  if (!sender || !where || !number)
    return std::nullopt;
  incoming out;
  out.id = std::to_string(update_id);
  out.sender = std::to_string(*sender);
  out.sender_name = name_of(*from);
  out.conversation = conversation_of(*where, *message);
  out.is_private = text_or_empty(*chat, "type") == "private";
  out.refer_to = std::to_string(*number);
  const auto* text = text_in(*message, "text");
  out.text = text ? *text : text_or_empty(*message, "caption");
  return out;
}

std::int64_t number(std::string_view text) {
  std::int64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

}  // namespace

http_request get_me() {
  return {"GET", "/getMe", {}, {}};
}

http_request get_updates(std::int64_t offset, std::uint32_t timeout_s) {
  return post("getUpdates", {{"offset", offset},
                             {"timeout", timeout_s},
                             {"limit", 100},
                             {"allowed_updates", json::array({"message"})}});
}

http_request send_message(const outgoing& to, std::string_view text,
                          bool markdown) {
  const std::string_view where = to.conversation;
  const auto slash = where.find('/');
  json body = {{"chat_id", number(where.substr(0, slash))}};
  if (slash != std::string_view::npos)
    body["message_thread_id"] = number(where.substr(slash + 1));
  if (markdown) {
    body["text"] = to_markdown_v2(text);
    body["parse_mode"] = "MarkdownV2";
  } else {
    body["text"] = text;
  }
  if (!to.refer_to.empty())
    body["reply_parameters"] = {{"message_id", number(to.refer_to)},
                                {"allow_sending_without_reply", true}};
  // Fetching what a model's text links to would tell others about the chat.
  body["link_preview_options"] = {{"is_disabled", true}};
  return post("sendMessage", body);
}

result<std::string> parse_me(const http_reply& reply) {
  auto found = result_of(reply);
  if (!found)
    return found.error();
  const auto* name = text_in(*found, "username");
  if (!name || name->empty())
    return malformed("the bot has no \"username\"");
  return *name;
}

result<std::vector<update>> parse_updates(const http_reply& reply) {
  auto found = result_of(reply);
  if (!found)
    return found.error();
  if (!found->is_array())
    return malformed("\"result\" is no list of updates");
  std::vector<update> out;
  for (const auto& entry : *found) {
    const auto id = id_in(entry, "update_id");
    if (!id)
      return malformed("an update has no \"update_id\"");
    out.push_back({*id, message_of(*id, entry)});
  }
  std::ranges::sort(out, {}, &update::id);
  return out;
}

result<void> parse_sent(const http_reply& reply) {
  auto found = result_of(reply);
  if (!found)
    return found.error();
  if (!id_in(*found, "message_id"))
    return malformed("what was sent has no \"message_id\"");
  return {};
}

bool is_about_formatting(const failure& why) {
  return why.code == errc::bad_request &&
         why.message.find("parse entities") != std::string::npos;
}

std::optional<std::string> command_for(std::string_view bot,
                                       std::string_view text) {
  const auto word = text.substr(0, text.find_first_of(" \n\t"));
  const auto at = word.find('@');
  if (!text.starts_with('/') || at == std::string_view::npos)
    return std::string{text};
  const auto same = [](char a, char b) {
    const auto lower = [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    return lower(a) == lower(b);
  };
  if (!std::ranges::equal(word.substr(at + 1), bot, same))
    return std::nullopt;
  std::string out{text.substr(0, at)};
  out += text.substr(word.size());
  return out;
}

}  // namespace closedpaw::channels::codec::telegram
