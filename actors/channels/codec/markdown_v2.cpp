#include "actors/channels/codec/markdown_v2.hpp"

#include <algorithm>

namespace closedpaw::channels::codec {

namespace {

constexpr std::string_view special = "_*[]()~`>#+-=|{}.!\\";
constexpr std::string_view special_in_code = "`\\";
constexpr std::string_view special_in_link = ")\\";
constexpr std::string_view fence = "```";

void escape(std::string& out, std::string_view text, std::string_view which) {
  for (const char c : text) {
    if (which.find(c) != std::string_view::npos)
      out += '\\';
    out += c;
  }
}

/// What stands between two marks at the beginning of `text`, if both are there
/// and something is between them.
std::string_view between(std::string_view text, std::string_view mark) {
  if (!text.starts_with(mark))
    return {};
  const auto end = text.find(mark, mark.size());
  if (end == std::string_view::npos)
    return {};
  return text.substr(mark.size(), end - mark.size());
}

/// "[label](address)" at the beginning of `text`.
struct link {
  std::string_view label;
  std::string_view address;

  explicit operator bool() const { return !label.empty(); }
  std::size_t size() const { return label.size() + address.size() + 4; }
};

link link_at(std::string_view text) {
  const auto middle = text.find("](");
  if (!text.starts_with('[') || middle == std::string_view::npos)
    return {};
  const auto end = text.find(')', middle);
  if (end == std::string_view::npos)
    return {};
  const auto label = text.substr(1, middle - 1);
  const auto address = text.substr(middle + 2, end - middle - 2);
  const bool web =
      address.starts_with("https://") || address.starts_with("http://");
  if (!web || address.find(' ') != std::string_view::npos ||
      label.find('[') != std::string_view::npos)
    return {};
  return {label, address};
}

// Marks within marks are shown as written: no nesting, nothing left open.
void convert_words(std::string& out, std::string_view text) {
  while (!text.empty()) {
    if (const auto code = between(text, "`"); !code.empty()) {
      out += '`';
      escape(out, code, special_in_code);
      out += '`';
      text.remove_prefix(code.size() + 2);
    } else if (const auto bold = between(text, "**"); !bold.empty()) {
      out += '*';
      escape(out, bold, special);
      out += '*';
      text.remove_prefix(bold.size() + 4);
    } else if (const auto to = link_at(text)) {
      out += '[';
      escape(out, to.label, special);
      out += "](";
      escape(out, to.address, special_in_link);
      out += ')';
      text.remove_prefix(to.size());
    } else {
      escape(out, text.substr(0, 1), special);
      text.remove_prefix(1);
    }
  }
}

void convert_line(std::string& out, std::string_view line) {
  const auto hashes = std::min(line.find_first_not_of('#'), line.size());
  if (hashes > 0 && hashes <= 6 && line.size() > hashes + 1 &&
      line[hashes] == ' ') {
    auto title = line.substr(hashes + 1);
    if (const auto bold = between(title, "**");
        !bold.empty() && bold.size() + 4 == title.size())
      title = bold;
    out += '*';
    escape(out, title, special);
    out += '*';
    return;
  }
  const auto indent = std::min(line.find_first_not_of(' '), line.size());
  auto rest = line.substr(indent);
  out.append(indent, ' ');
  if (rest.starts_with("- ") || rest.starts_with("* ")) {
    out += "\u2022 ";
    rest.remove_prefix(2);
  }
  convert_words(out, rest);
}

}  // namespace

std::string to_markdown_v2(std::string_view markdown) {
  std::string out;
  out.reserve(markdown.size() + markdown.size() / 8);
  bool in_code = false;
  bool first = true;
  while (true) {
    const auto end = markdown.find('\n');
    const auto line = markdown.substr(0, end);
    if (!first)
      out += '\n';
    first = false;
    const auto indent = std::min(line.find_first_not_of(' '), line.size());
    if (line.substr(indent).starts_with(fence)) {
      out += fence;
      if (!in_code)
        escape(out, line.substr(indent + fence.size()), special_in_code);
      in_code = !in_code;
    } else if (in_code) {
      escape(out, line, special_in_code);
    } else {
      convert_line(out, line);
    }
    if (end == std::string_view::npos)
      break;
    markdown.remove_prefix(end + 1);
  }
  // Telegram refuses what is left open.
  if (in_code)
    (out += '\n') += fence;
  return out;
}

}  // namespace closedpaw::channels::codec
