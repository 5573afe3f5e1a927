#include "actors/channels/policy/commands.hpp"

#include <algorithm>

namespace closedpaw::channels {

namespace {

constexpr std::string_view blanks = " \t\r\n";

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

command decide(std::string_view rest, bool approved) {
  const auto id = parse_uuid(rest);
  if (!id)
    return unclear_command{
        std::string{"Which action? Write "} +
        (approved ? "/approve" : "/reject") +
        " and the id that was shown to you; /status lists what waits."};
  return decide_command{*id, approved};
}

}  // namespace

command parse_command(std::string_view text) {
  text = trim(text);
  if (text.empty())
    return unclear_command{"I can only read text."};
  if (!text.starts_with('/'))
    return chat_command{std::string{text}};
  const auto end = std::min(text.find_first_of(blanks), text.size());
  const auto word = text.substr(1, end - 1);
  const auto rest = trim(text.substr(end));
  if (word == "chat" && !rest.empty())
    return chat_command{std::string{rest}};
  if (word == "chat")
    return unclear_command{"Write your question after /chat."};
  if (word == "status")
    return status_command{};
  if (word == "help" || word == "start")
    return help_command{};
  if (word == "new")
    return fresh_command{};
  if (word == "approve" || word == "reject")
    return decide(rest, word == "approve");
  return unclear_command{"There is no such command. " +
                         std::string{help_text()}};
}

std::string_view help_text() {
  return "Write anything to chat, or one of:\n"
         "/chat TEXT - the same\n"
         "/new - forget what was said before\n"
         "/status - what runs, and what waits for approval\n"
         "/approve ID, /reject ID - decide about an action\n"
         "/help - this list";
}

}  // namespace closedpaw::channels
