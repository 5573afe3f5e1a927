#include "messages/model/json_text.hpp"

namespace closedpaw {

namespace {

/// Behind the quotation mark that ends the string which begins at `at`.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (;;) {
    at = text.find('"', at + 1);
    const auto before = text.find_last_not_of('\\', at - 1);
    if ((at - before) % 2 == 1)
      return at + 1;
  }
}

/// Where the value that begins at `at` is followed by a comma or a bracket.
std::size_t end_of_value(std::string_view text, std::size_t at) {
  for (int depth = 0; at < text.size();) {
    const char c = text[at];
    const bool closes = c == '}' || c == ']';
    if (depth == 0 && (closes || c == ','))
      break;
    depth += c == '{' || c == '[' ? 1 : closes ? -1 : 0;
    at = c == '"' ? end_of_string(text, at) : at + 1;
  }
  return at;
}

}  // namespace

json json_text::value() const {
  return json::parse(text_.data(), text_.data() + text_.size());
}

std::optional<std::string_view> json_text::member(std::string_view key) const {
  const std::string_view text{text_};
  if (!text.starts_with("{\""))
    return std::nullopt;
  for (std::size_t at = 1;;) {
    const auto colon = end_of_string(text, at);
    const auto end = end_of_value(text, colon + 1);
    if (text.substr(at + 1, colon - at - 2) == key)
      return text.substr(colon + 1, end - colon - 1);
    if (text[end] != ',')
      return std::nullopt;
    at = end + 1;
  }
}

}  // namespace closedpaw
