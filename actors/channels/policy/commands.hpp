#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "messages/model/uuid.hpp"

namespace closedpaw::channels {

struct chat_command {
  std::string text;
};
struct status_command {};
struct help_command {};
/// What was said before is to be forgotten.
struct fresh_command {};
/// "approve ID" or "reject ID".
struct decide_command {
  uuid action;
  bool approved = false;
};
/// What to answer instead.
struct unclear_command {
  std::string why;
};

using command = std::variant<chat_command, status_command, help_command,
                             fresh_command, decide_command, unclear_command>;

/// A message is a command when it begins with one ("/status", "/approve ID",
/// and "/start", which Telegram sends for a person), else it is a chat.
command parse_command(std::string_view text);

/// What `help` answers.
std::string_view help_text();

}  // namespace closedpaw::channels
