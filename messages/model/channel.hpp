#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "messages/model/error.hpp"
#include "messages/model/json.hpp"
#include "messages/model/published.hpp"
#include "messages/model/time.hpp"

namespace closedpaw {

/// A person of a service who may talk to us.
struct channel_user {
  /// For people; what the service called them when they were bound.
  std::string name;
  /// May approve and reject, in a private conversation.
  bool approves = false;
  /// Of the configuration file, which alone can remove them.
  bool configured = false;
  std::optional<timestamp> bound_at{};

  bool operator==(const channel_user&) const = default;
};

/// A stranger who was shown a code, for the owner to confirm.
struct channel_pairing {
  std::string code;
  std::string sender;
  std::string sender_name;
  timestamp expires{};

  bool operator==(const channel_pairing&) const = default;
};

/// Who may talk through a channel.
struct channel_access {
  /// Everybody may.
  bool open = false;
  /// By the service's immutable user id.
  std::map<std::string, channel_user> users;
  /// By code; expired ones among them.
  std::map<std::string, channel_pairing> pairings;

  bool operator==(const channel_access&) const = default;
};

/// Whether trouble with a service will not pass by itself: the token is
/// refused, or not there.
bool needs_a_person(const failure& why);

/// Something that did not work, and when.
struct channel_trouble {
  failure why;
  timestamp since{};
  timestamp last{};
  /// In a row.
  std::uint32_t times = 1;
  std::optional<timestamp> again_at{};
};

/// What a channel's actor publishes. How it is follows from this and from the
/// time; see judge().
struct channel_view {
  /// Since when its actor runs; nothing while it is stopped.
  std::optional<timestamp> started_at{};
  /// The protocol's own exchanges that succeeded.
  std::optional<timestamp> first_proof{};
  std::optional<timestamp> last_proof{};
  std::string last_exchange;
  /// A proof is due so long after the last one.
  std::chrono::milliseconds proof_within{90'000};
  std::optional<channel_trouble> receiving{};
  std::optional<channel_trouble> sending{};
  /// Of the audit log or the orchestrator: messages wait to be recorded.
  std::optional<channel_trouble> recording{};
  /// Times that trouble ended.
  std::uint64_t reconnects = 0;
  std::uint64_t messages_in = 0;
  std::uint64_t messages_out = 0;
  std::uint64_t refused = 0;
  /// Messages that the service delivered again; they are left out.
  std::uint64_t duplicates = 0;
  std::optional<timestamp> last_message{};
  /// From a message's arrival until its answer was shown, of the last one.
  std::optional<std::uint32_t> round_trip_ms{};
  /// Answers that are owed.
  std::uint32_t backlog = 0;
};

/// How a channel is, from what its actor published and from the time.
enum class channel_state : std::uint8_t {
  /// Runs, and no exchange with the service has succeeded since it began.
  never_connected,
  /// Its last exchange succeeded, and the next one is not overdue.
  connected,
  /// So, and nobody has written for an hour.
  quiet,
  /// It was connected, lost the connection and tries again.
  reconnecting,
  /// Connected, and something does not work: sending, recording, or the next
  /// exchange is overdue.
  degraded,
  /// Only a person can help: the token is refused.
  failed,
  stopped,
};

std::string_view to_string(channel_state x);

struct channel_verdict {
  channel_state state = channel_state::stopped;
  std::optional<timestamp> since{};
  /// For all but connected, quiet and stopped.
  std::string why{};
  /// When this may change by itself.
  std::optional<timestamp> good_until{};
};

/// `down_since`: the actor is gone.
channel_verdict judge(const channel_view& view,
                      const std::optional<timestamp>& down_since,
                      timestamp now);

/// One channel: what is configured of it, and where the rest is found.
struct channel_place {
  std::string name;
  std::string type;
  std::string base_url;
  bool enabled = true;
  /// By a request, not by the configuration file.
  bool registered = false;
  /// Why it does not run although it is enabled; else empty.
  std::string held_because{};
  /// Both never null, and the same over the channel's lives.
  std::shared_ptr<published<channel_access>> access;
  std::shared_ptr<published<channel_view>> view;
};

using channel_places = std::vector<channel_place>;

/// The same of a place: what is not enabled is stopped, whatever its actor had
/// published.
channel_verdict judge(const channel_place& place, timestamp now);

}  // namespace closedpaw
