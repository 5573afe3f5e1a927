#pragma once

#include <string>

namespace closedpaw::channels {

/// What a user of a service wrote. All of it is hostile text.
struct incoming {
  /// The service's id of the delivery: the same when it delivers again.
  std::string id;
  /// The service's immutable id of whoever wrote it.
  std::string sender;
  /// For people; whoever writes can choose it.
  std::string sender_name;
  /// Where an answer goes.
  std::string conversation;
  /// Nobody else reads along.
  bool is_private = false;
  /// The service's id of the message itself, for an answer to refer to; empty
  /// where that is the delivery's.
  std::string refer_to{};
  /// Empty when it was something else: a picture, a sticker.
  std::string text{};

  bool operator==(const incoming&) const = default;
};

/// What a service is to show.
struct outgoing {
  /// Ours; the same when it is sent again.
  std::string id;
  std::string conversation;
  /// An incoming's refer_to, or empty.
  std::string refer_to{};
  /// As models write: Markdown of any length.
  std::string text{};

  bool operator==(const outgoing&) const = default;
};

}  // namespace closedpaw::channels
