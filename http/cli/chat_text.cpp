#include "http/cli/chat_text.hpp"

#include "http/routes/inert_text.hpp"
#include "messages/model/json_fields.hpp"

namespace closedpaw::cli {

std::string shown(std::string_view text) {
  std::string out;
  while (true) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    if (line.ends_with('\r'))
      line.remove_suffix(1);
    while (true) {
      const auto tab = line.find('\t');
      out += http::inert(line.substr(0, tab));
      if (tab == std::string_view::npos)
        break;
      out += '\t';
      line.remove_prefix(tab + 1);
    }
    if (end == std::string_view::npos)
      return out;
    out += '\n';
    text.remove_prefix(end + 1);
  }
}

std::string answer_text::piece(std::string_view text) {
  printed_ += text;
  return shown(text);
}

std::string answer_text::whole(std::string_view text) {
  std::string out;
  if (text.starts_with(printed_))
    out = shown(text.substr(printed_.size()));
  else
    // Another answer than the one that began.
    out = (printed_.empty() ? "" : "\n") + shown(text);
  printed_.clear();
  if (!text.ends_with('\n'))
    out += '\n';
  return out;
}

std::string shown_turn(const json& turn) {
  const auto from = text_or_empty(turn, "from");
  auto out = shown(text_or_empty(turn, "text"));
  if (!out.ends_with('\n'))
    out += '\n';
  return from == "user" ? "> " + out : out;
}

}  // namespace closedpaw::cli
