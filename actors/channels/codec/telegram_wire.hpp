#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/channels/codec/message.hpp"
#include "messages/model/error.hpp"
#include "messages/model/http_message.hpp"

/// Telegram's Bot API (core.telegram.org/bots/api): requests and answers.
namespace closedpaw::channels::codec::telegram {

/// In UTF-16 units, after its formatting was read.
inline constexpr std::size_t longest_text = 4096;

struct update {
  std::int64_t id = 0;
  /// Nothing for what is no message of a person.
  std::optional<incoming> message{};
};

http_request get_me();
/// Updates from `offset` on; those before it are confirmed by this.
http_request get_updates(std::int64_t offset, std::uint32_t timeout_s);
/// `conversation` is an incoming's.
http_request send_message(const outgoing& to, std::string_view text,
                          bool markdown);

// Failures keep their meaning: upstream_refused (the token), conflict (somebody
// else polls), too_many_requests (with retry_after), forbidden (the person
// blocked the bot), bad_request, upstream_failed, upstream_malformed.

/// The bot's own name, which commands in groups are addressed to.
result<std::string> parse_me(const http_reply& reply);
result<std::vector<update>> parse_updates(const http_reply& reply);
result<void> parse_sent(const http_reply& reply);

/// Telegram could not read the formatting, so plain text may still go.
bool is_about_formatting(const failure& why);

/// "/status@our_bot now" is "/status now" to us; nothing when it is for
/// another bot.
std::optional<std::string> command_for(std::string_view bot,
                                       std::string_view text);

}  // namespace closedpaw::channels::codec::telegram
