#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/channels/codec/message.hpp"
#include "messages/model/error.hpp"
#include "messages/model/http_message.hpp"
#include "messages/model/json.hpp"

/// Discord's API and gateway, version 10 (discord.com/developers/docs):
/// requests, answers and the gateway's payloads.
namespace closedpaw::channels::codec::discord {

/// In characters; UTF-16 units are never fewer.
inline constexpr std::size_t longest_text = 2000;

enum class opcode : std::uint8_t {
  dispatch = 0,
  heartbeat = 1,
  identify = 2,
  resume = 6,
  reconnect = 7,
  invalid_session = 9,
  hello = 10,
  heartbeat_ack = 11,
};

/// One payload of the gateway.
struct payload {
  int op = -1;
  /// Of dispatches.
  std::optional<std::uint64_t> sequence{};
  std::string event{};
  json data{};
};

/// Where the gateway is, and how often it may be identified to.
struct gateway {
  std::string url;
  std::uint64_t remaining = 1;
  std::chrono::milliseconds reset_after{0};
};

/// Some messages of a conversation, those of others among them.
struct page {
  std::size_t count = 0;
  std::string last_id{};
  /// Oldest first.
  std::vector<incoming> messages{};
};
/// There may be more.
inline constexpr std::size_t full_page = 100;

http_request get_gateway();
/// Messages of a conversation after that one, oldest first in the answer's
/// reading.
http_request get_messages(std::string_view conversation,
                          std::string_view after);
/// The nonce makes a repetition within minutes the same message. `refers`: to
/// the message that it answers, if any.
http_request create_message(const outgoing& message, std::string_view part,
                            std::size_t index, bool refers = true);
/// Refused because it refers to a message, which takes the permission to read a
/// channel's history.
bool is_about_reference(const failure& why);

// Failures keep their meaning: upstream_refused (401), forbidden, not_found,
// too_many_requests (with retry_after), bad_request, upstream_failed,
// upstream_malformed.

result<gateway> parse_gateway(const http_reply& reply);
result<page> parse_messages(const http_reply& reply, std::string_view own_id);
result<void> parse_created(const http_reply& reply);
/// How long the bucket is empty after this answer.
std::chrono::milliseconds pause_after(const http_reply& reply);

std::optional<payload> parse_payload(std::string_view text);
/// Nothing for what is no message of another person.
std::optional<incoming> parse_message(const json& data,
                                      std::string_view own_id);

std::string heartbeat(std::optional<std::uint64_t> sequence);
/// Without the token, which with_token() puts in.
std::string identify();
std::string resume(std::string_view session, std::uint64_t sequence);
std::string with_token(std::string_view text, const std::string& token);

/// What a close code means (Opcodes and Status Codes, "Gateway Close Event
/// Codes").
enum class closed_how : std::uint8_t { may_resume, new_session, for_good };
closed_how meaning_of(std::optional<std::uint16_t> code);
/// Why, and what to do, of one that is for good.
failure refusal_of(std::uint16_t code);

}  // namespace closedpaw::channels::codec::discord
