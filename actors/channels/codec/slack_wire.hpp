#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actors/channels/codec/message.hpp"
#include "messages/model/error.hpp"
#include "messages/model/http_message.hpp"

/// Slack's Web API and Socket Mode (api.slack.com/apis/socket-mode): requests,
/// answers and the envelopes that come over the WebSocket.
namespace closedpaw::channels::codec::slack {

/// In characters: what Slack recommends for one message.
inline constexpr std::size_t longest_text = 3500;

enum class envelope_kind : std::uint8_t {
  hello,
  /// The connection will be closed; another one is to be opened before.
  disconnect,
  event,
  /// To be acknowledged, and nothing else.
  other,
};

struct envelope {
  envelope_kind kind = envelope_kind::other;
  /// What an acknowledgement names; empty where none is due.
  std::string id;
  /// Of a disconnect: "warning", "refresh_requested", "link_disabled".
  std::string reason{};
  /// Of an event that is a message of a person.
  std::optional<incoming> message{};
};

/// With the app-level token.
http_request open_connection();
/// With the bot's.
http_request post_message(const outgoing& message, std::string_view part);

// Failures keep their meaning: upstream_refused (invalid_auth and its kin),
// forbidden (not_in_channel, …), not_found (channel_not_found),
// too_many_requests (Retry-After), upstream_failed, upstream_malformed.

/// Where to open the WebSocket; the address is a secret.
result<std::string> parse_connection(const http_reply& reply);
result<void> parse_posted(const http_reply& reply);

/// Nothing for what is no envelope.
std::optional<envelope> parse_envelope(std::string_view text);
std::string acknowledgement(std::string_view envelope_id);

}  // namespace closedpaw::channels::codec::slack
