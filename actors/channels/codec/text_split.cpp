#include "actors/channels/codec/text_split.hpp"

#include <algorithm>

namespace closedpaw::channels::codec {

namespace {

constexpr std::string_view code_fence = "```";

struct character {
  std::size_t bytes = 1;
  std::size_t units = 1;
};

// By its first byte; cut short at the end of the text.
character character_at(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  std::size_t bytes = 1;
  if (lead >= 0xf8)
    bytes = 1;
  else if (lead >= 0xf0)
    bytes = 4;
  else if (lead >= 0xe0)
    bytes = 3;
  else if (lead >= 0xc0)
    bytes = 2;
  bytes = std::min(bytes, text.size() - at);
  return {bytes, bytes == 4 ? 2U : 1U};
}

/// How many bytes at most fit into so many units.
std::size_t bytes_within(std::string_view text, std::size_t units) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto next = character_at(text, at);
    if (next.units > units)
      break;
    units -= next.units;
    at += next.bytes;
  }
  return at;
}

class splitter {
 public:
  explicit splitter(std::size_t limit) : limit_{limit} {}

  void add_line(std::string_view line) {
    const auto text =
        line.substr(std::min(line.find_first_not_of(' '), line.size()));
    const bool is_fence = text.starts_with(code_fence);
    // What it opens must be closed in the same part.
    closes_ = !open_.empty() || is_fence;
    if (!fits(line) && !is_empty())
      flush();
    while (!fits(line)) {
      const auto cut = cut_of(line);
      append(line.substr(0, cut));
      flush();
      line.remove_prefix(cut);
      if (line.starts_with(' '))
        line.remove_prefix(1);
    }
    append(line);
    if (is_fence)
      open_ = open_.empty() ? text : std::string_view{};
  }

  std::vector<std::string> finish() {
    if (!is_empty() && !is_blank())
      parts_.push_back(std::move(part_));
    return std::move(parts_);
  }

 private:
  bool is_empty() const { return part_.size() <= begun_with_; }

  bool is_blank() const {
    return part_.find_first_not_of(" \t\r\n") == std::string::npos;
  }

  /// What the part has with all but the next line.
  std::size_t used() const {
    const auto closing = closes_ ? code_fence.size() + 1 : 0;
    return units_ + closing + (part_.empty() ? 0 : 1);
  }

  std::size_t room() const { return used() < limit_ ? limit_ - used() : 0; }

  bool fits(std::string_view line) const {
    return used() + utf16_length(line) <= limit_;
  }

  // Of a line that is too long for a part of its own.
  std::size_t cut_of(std::string_view line) const {
    const auto most = std::max<std::size_t>(bytes_within(line, room()), 1);
    const auto space = line.substr(0, most + 1).rfind(' ');
    return space == std::string_view::npos || space < most / 2 ? most : space;
  }

  void append(std::string_view line) {
    if (!part_.empty()) {
      part_ += '\n';
      ++units_;
    }
    part_ += line;
    units_ += utf16_length(line);
  }

  void flush() {
    if (!open_.empty())
      (part_ += '\n') += code_fence;
    while (part_.ends_with('\n'))
      part_.pop_back();
    // Which no service takes.
    if (!is_blank())
      parts_.push_back(std::move(part_));
    // A code_fence line that leaves no room for what is in it is not repeated.
    part_ = utf16_length(open_) < limit_ / 2 ? std::string{open_}
                                             : std::string{code_fence};
    if (open_.empty())
      part_.clear();
    units_ = utf16_length(part_);
    begun_with_ = part_.size();
  }

  std::size_t limit_;
  std::vector<std::string> parts_;
  std::string part_;
  std::size_t units_ = 0;
  /// What a flush put there.
  std::size_t begun_with_ = 0;
  /// The line that opened the code_fence we are in.
  std::string_view open_;
  /// The present line is within one, or begins one.
  bool closes_ = false;
};

}  // namespace

std::size_t utf16_length(std::string_view utf8) {
  std::size_t units = 0;
  for (std::size_t at = 0; at < utf8.size();) {
    const auto next = character_at(utf8, at);
    units += next.units;
    at += next.bytes;
  }
  return units;
}

std::vector<std::string> split_text(std::string_view text, std::size_t limit) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
    return {};
  splitter out{std::max<std::size_t>(limit, 32)};
  while (true) {
    const auto end = text.find('\n');
    out.add_line(text.substr(0, end));
    if (end == std::string_view::npos)
      return out.finish();
    text.remove_prefix(end + 1);
  }
}

}  // namespace closedpaw::channels::codec
