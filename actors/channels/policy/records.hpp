#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actors/channels/codec/message.hpp"
#include "messages/model/audit_event.hpp"
#include "messages/model/commit_unit.hpp"
#include "messages/model/conversation.hpp"

namespace closedpaw::channels {

// What the registry keeps of a channel; its name has no slash.

inline constexpr std::string_view registrations_prefix = "channels/";
inline constexpr std::string_view switches_prefix = "channel_enabled/";
inline constexpr std::string_view users_table = "channel_users/";
inline constexpr std::string_view pairings_table = "channel_pairings/";
std::string registration_key(std::string_view channel);
std::string switch_key(std::string_view channel);
std::string cursor_key(std::string_view channel);
std::string seen_prefix(std::string_view channel);
std::string outbox_prefix(std::string_view channel);
std::string outbox_key(std::string_view channel, const uuid& id);
std::string users_prefix(std::string_view channel);
std::string user_key(std::string_view channel, std::string_view user);
std::string pairings_prefix(std::string_view channel);
std::string pairing_key(std::string_view channel, std::string_view code);
/// The vault's name for one of its secrets.
std::string secret_name(std::string_view channel, std::string_view secret);

/// For whom it is sealed: another service or address does not get it.
std::string secret_audience(std::string_view type, std::string_view base_url);

/// A service's id as a part of a key: ids are of any length, keys are not.
std::string key_part(std::string_view id);

/// An answer that is owed: recorded with the question, deleted once shown.
struct owed_reply {
  /// The action's whose result it is, unless the text is known.
  uuid id;
  std::string conversation;
  std::string refer_to;
  std::optional<std::string> text;
  timestamp asked_at{};
  /// It answers nothing.
  bool unasked = false;

  bool operator==(const owed_reply&) const = default;
};

json to_json(const owed_reply& x);
/// Nothing for a row that is not ours.
std::optional<owed_reply> owed_from(const uuid& id, const json& row);

/// Who asks, as the audit log and the orchestrator know them.
principal principal_of(std::string_view channel, std::string_view sender);

/// A change of what is configured, before and after; null where there is
/// nothing.
audit_event change_event(const std::string& key, const json& before,
                         const json& after, const principal& who,
                         const std::string& request_id, timestamp now);

/// What happened on a channel. `status`: received, refused, replied,
/// reply_failed, sent.
audit_event channel_event(std::string_view channel, std::string_view status,
                          const principal& who, const json& details,
                          timestamp now);

}  // namespace closedpaw::channels
