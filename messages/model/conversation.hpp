#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/model/json.hpp"
#include "messages/model/time.hpp"
#include "messages/model/uuid.hpp"

namespace closedpaw {

enum class speaker : std::uint8_t {
  user,
  /// A model.
  assistant,
  /// ClosedPaw itself: an answer to a command, a failure, an owner's notice.
  system,
};

std::string_view to_string(speaker x);

/// Something that was said in a conversation of a channel.
struct turn {
  /// Sorts by time.
  uuid id;
  std::string conversation;
  speaker from = speaker::user;
  /// The service's id of whoever wrote it; empty for answers.
  std::string sender{};
  /// What it answers; nil for what was said unasked.
  uuid refers_to{};
  std::string text;
  timestamp at{};
  /// The service's id of the delivery; empty for answers.
  std::string delivery{};
  /// A command, which no model is told of.
  bool aside = false;
  /// It says that there is no answer.
  bool failed = false;
  /// What was said before is forgotten: a model is not told of it.
  bool begins_anew = false;

  bool operator==(const turn&) const = default;
};

/// The form in which it is stored, without the id.
json to_row(const turn& x);
/// Nothing for a row that is not ours.
std::optional<turn> turn_from(const uuid& id, const json& row);
/// For clients.
json to_json(const turn& x);

/// The registry's rows of a channel's turns, and of one conversation's; their
/// keys go on with a turn's id.
std::string turns_prefix(std::string_view channel);
std::string turns_prefix(std::string_view channel,
                         std::string_view conversation);

/// A part of a conversation, oldest first.
struct conversation_page {
  std::vector<turn> turns;
  /// More of them follow the last one.
  bool more = false;
};

}  // namespace closedpaw
