#include "actors/channels/codec/slack_wire.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "actors/channels/codec/answers.hpp"
#include "messages/model/json.hpp"
#include "messages/model/json_fields.hpp"

namespace closedpaw::channels::codec::slack {

namespace {

constexpr std::array<std::string_view, 8> token_errors{
    "invalid_auth",  "not_authed",    "account_inactive",
    "token_revoked", "token_expired", "not_allowed_token_type",
    "missing_scope", "no_permission"};
constexpr std::array<std::string_view, 6> place_errors{
    "not_in_channel", "is_archived",        "restricted_action",
    "cannot_dm_bot",  "user_is_restricted", "msg_too_long"};

constexpr std::array<std::string_view, 5> passing_errors{
    "internal_error", "fatal_error", "service_unavailable", "request_timeout",
    "team_added_to_org"};

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& list,
               std::string_view x) {
  return std::ranges::find(list, x) != list.end();
}

failure malformed(const char* what) {
  return malformed_answer("Slack", what);
}

std::optional<std::chrono::milliseconds> wait_of(const http_reply& reply) {
  const auto text = reply.header_value("retry-after");
  std::uint32_t seconds = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (text.empty() || error != std::errc{})
    return std::nullopt;
  constexpr std::uint32_t longest_s = 3600;
  return std::chrono::seconds{std::min(seconds, longest_s)};
}

errc meaning_of(unsigned status, std::string_view error) {
  if (error == "ratelimited" || error == "rate_limited" ||
      error == "message_limit_exceeded")
    return errc::too_many_requests;
  if (is_one_of(token_errors, error))
    return errc::upstream_refused;
  if (error == "channel_not_found" || error == "user_not_found")
    return errc::not_found;
  if (is_one_of(place_errors, error))
    return errc::forbidden;
  // Its own errors come with 200; what is not known to pass stays.
  if (status / 100 == 2 && !error.empty() && !is_one_of(passing_errors, error))
    return errc::bad_request;
  return status == 401 || status == 429 ? code_of(status)
                                        : errc::upstream_failed;
}

failure refused_by_slack(const http_reply& reply, const std::string& error) {
  auto why =
      refusal("Slack", meaning_of(reply.status, error), reply.status, error);
  why.retry_after = wait_of(reply);
  return why;
}

result<json> good_answer(const http_reply& reply) {
  auto body = parse_json(reply.body);
  if (!body || !body->is_object()) {
    if (reply.status / 100 == 2)
      return malformed("no JSON object");
    return refused_by_slack(reply, {});
  }
  const auto ok = body->find("ok");
  if (reply.status / 100 == 2 && ok != body->end() && ok->is_boolean() &&
      ok->get<bool>())
    return {boost::system::in_place_value, std::move(*body)};
  return refused_by_slack(reply, text_or_empty(*body, "error"));
}

http_request post(const char* method, const json& body) {
  return {"POST",
          std::string{"/"} + method,
          {{"content-type", "application/json; charset=utf-8"}},
          dump(body)};
}

// Slack's three control characters ("Escaping text").
constexpr std::pair<char, std::string_view> escapes[] = {
    {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}};

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto* found = std::ranges::find(
        escapes, c, &std::pair<char, std::string_view>::first);
    if (found == std::end(escapes))
      out += c;
    else
      out += found->second;
  }
  return out;
}

std::string unescaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto* found = std::ranges::find_if(
        escapes, [&](const auto& x) { return text.starts_with(x.second); });
    const bool plain = found == std::end(escapes);
    out += plain ? text.front() : found->first;
    text.remove_prefix(plain ? 1 : found->second.size());
  }
  return out;
}

std::optional<incoming> message_of(const json& outer) {
  const auto* event = object_in(outer, "event");
  if (!event || text_or_empty(*event, "type") != "message")
    return std::nullopt;
  // Edits, joins, and what bots say.
  const auto subtype = text_or_empty(*event, "subtype");
  if ((!subtype.empty() && subtype != "file_share" &&
       subtype != "thread_broadcast") ||
      text_in(*event, "bot_id") != nullptr)
    return std::nullopt;
  const auto* user = text_in(*event, "user");
  const auto* where = text_in(*event, "channel");
  const auto* stamp = text_in(*event, "ts");
  if (!user || !where || !stamp)
    return std::nullopt;
  incoming out;
  out.id = *where + ':' + *stamp;
  // Users are known by their team's and their own id.
  auto team = text_or_empty(*event, "team");
  // Which messages with files lack.
  if (team.empty())
    team = text_or_empty(*event, "user_team");
  if (team.empty())
    team = text_or_empty(outer, "team_id");
  out.sender = team.empty() ? *user : team + '/' + *user;
  out.sender_name = *user;
  const auto thread = text_or_empty(*event, "thread_ts");
  out.conversation = thread.empty() ? *where : *where + '/' + thread;
  out.is_private = text_or_empty(*event, "channel_type") == "im";
  out.refer_to = *stamp;
  out.text = unescaped(text_or_empty(*event, "text"));
  return out;
}

}  // namespace

http_request open_connection() {
  return post("apps.connections.open", json::object());
}

http_request post_message(const outgoing& message, std::string_view part) {
  const std::string_view where = message.conversation;
  const auto slash = where.find('/');
  json body{{"channel", where.substr(0, slash)},
            // Else a model could call everybody, or disguise a link.
            {"text", escaped(part)},
            {"mrkdwn", false},
            // Fetching what a model links to would tell others of the chat.
            {"unfurl_links", false},
            {"unfurl_media", false}};
  if (slash != std::string_view::npos)
    body["thread_ts"] = where.substr(slash + 1);
  return post("chat.postMessage", body);
}

result<std::string> parse_connection(const http_reply& reply) {
  auto body = good_answer(reply);
  if (!body)
    return body.error();
  const auto* url = text_in(*body, "url");
  if (!url || url->empty())
    return malformed("no \"url\" of a connection");
  return *url;
}

result<void> parse_posted(const http_reply& reply) {
  auto body = good_answer(reply);
  if (!body)
    return body.error();
  if (!text_in(*body, "ts"))
    return malformed("what was posted has no \"ts\"");
  return {};
}

std::optional<envelope> parse_envelope(std::string_view text) {
  const auto body = parse_json(text);
  if (!body || !body->is_object())
    return std::nullopt;
  const auto type = text_or_empty(*body, "type");
  if (type.empty())
    return std::nullopt;
  envelope out;
  out.id = text_or_empty(*body, "envelope_id");
  if (type == "hello") {
    out.kind = envelope_kind::hello;
  } else if (type == "disconnect") {
    out.kind = envelope_kind::disconnect;
    out.reason = text_or_empty(*body, "reason");
  } else if (type == "events_api") {
    out.kind = envelope_kind::event;
    if (const auto* inner = object_in(*body, "payload"))
      out.message = message_of(*inner);
  }
  return out;
}

std::string acknowledgement(std::string_view envelope_id) {
  return dump({{"envelope_id", envelope_id}});
}

}  // namespace closedpaw::channels::codec::slack
