#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/channels/codec/message.hpp"
#include "messages/model/error.hpp"
#include "messages/model/http_message.hpp"

/// Matrix's client-server API, version 1.5 and later (spec.matrix.org):
/// requests and answers. An access token goes in the Authorization header.
namespace closedpaw::channels::codec::matrix {

/// An event has 65,536 bytes at most; a UTF-16 unit has three in UTF-8, and
/// JSON escapes some.
inline constexpr std::size_t longest_text = 8'000;

/// A room of which a sync left out what was said before `from`.
struct gap {
  std::string room;
  std::string from;
};

/// What one sync tells.
struct synced {
  /// The token to go on from.
  std::string next;
  std::vector<incoming> messages;
  /// Rooms that we are asked into.
  std::vector<std::string> invites;
  /// Rooms that somebody entered or left.
  std::vector<std::string> changed;
  /// How many are joined, of the rooms where that is told.
  std::map<std::string, std::uint64_t> members;
  std::vector<gap> gaps;
};

/// A part of what was left out.
struct history {
  /// Oldest first.
  std::vector<incoming> messages;
  /// Where what is still older ends; empty when that is all.
  std::string from;
};

http_request who_am_i();
/// With a user and a password, which whoever sends it puts in. The same device
/// each time, so that none is left behind.
http_request log_in(std::string_view device_id);
/// What of a sync's gap is newer than `since`, newest first.
http_request get_history(const gap& of, std::string_view since);
/// The same, with the secrets in it.
std::string with_password(std::string_view body, const std::string& user,
                          const std::string& password);
/// Without a token the present state is asked for, and no history.
http_request sync(std::string_view since, std::uint32_t timeout_ms);
http_request join(std::string_view room);
http_request joined_members(std::string_view room);
/// The transaction's id makes a repetition the same event.
http_request send(const outgoing& message, std::string_view part,
                  std::size_t index);

// Failures keep their meaning: upstream_refused (M_UNKNOWN_TOKEN, 401),
// forbidden (M_FORBIDDEN), not_found, too_many_requests (retry_after_ms),
// bad_request, upstream_failed, upstream_malformed.

/// The access token.
result<std::string> parse_login(const http_reply& reply);
result<history> parse_history(const http_reply& reply, const std::string& room,
                              std::string_view own_id);
/// Our own user id.
result<std::string> parse_whoami(const http_reply& reply);
/// Messages of others, oldest first; what cannot be read (encrypted, pictures)
/// has an empty text. Whether a room is private is not told here.
result<synced> parse_sync(const http_reply& reply, std::string_view own_id);
result<std::uint64_t> parse_members(const http_reply& reply);
result<void> parse_joined(const http_reply& reply);
result<void> parse_sent(const http_reply& reply);

}  // namespace closedpaw::channels::codec::matrix
