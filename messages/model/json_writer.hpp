#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>

#include "messages/model/json_text.hpp"

namespace closedpaw {

/// Appends one JSON object, member by member, without building a tree first:
/// for what is written thousands of times a second. Keys are ours and need no
/// escaping. The string is the writer's own from here to end().
class json_writer {
 public:
  explicit json_writer(std::string& out) : out_{out}, at_{out.size()} {
    *room(1) = '{';
    ++at_;
  }
  json_writer(const json_writer&) = delete;
  json_writer& operator=(const json_writer&) = delete;

  void text(std::string_view key, std::string_view value) {
    if (!is_plain_json(value))
      return append(key, [&] { append_json_string(out_, value); });
    char* to = name(key, value.size() + 2);
    *to++ = '"';
    to = copy(value, to);
    *to++ = '"';
    written_to(to);
  }
  void text_if(std::string_view key, const std::optional<std::string>& value) {
    if (value)
      text(key, std::string_view{*value});
  }
  void text_or_null(std::string_view key,
                    const std::optional<std::string>& value) {
    if (value)
      text(key, std::string_view{*value});
    else
      null(key);
  }
  void value(std::string_view key, const json_text& x) { raw(key, x.str()); }
  void value(std::string_view key, std::integral auto x) {
    constexpr std::size_t most_digits = 20;
    char* to = name(key, most_digits);
    written_to(std::to_chars(to, to + most_digits, x).ptr);
  }
  void value(std::string_view key, bool x) { raw(key, x ? "true" : "false"); }
  /// An object within: `write(json_writer&)` fills it.
  template <class Write>
  void object(std::string_view key, Write&& write) {
    *name(key, 1) = '{';
    ++at_;
    first_ = true;
    write(*this);
    close();
  }
  /// `write(std::string&, element)` appends each.
  template <class Range, class Write>
  void array(std::string_view key, const Range& elements, Write&& write) {
    append(key, [&] {
      char before = '[';
      for (const auto& x : elements) {
        out_ += before;
        write(out_, x);
        before = ',';
      }
      out_ += before == '[' ? "[]" : "]";
    });
  }
  void null(std::string_view key) { raw(key, "null"); }
  void end() {
    close();
    out_.resize(at_);
  }

 private:
  void raw(std::string_view key, std::string_view value) {
    written_to(copy(value, name(key, value.size())));
  }

  void close() {
    *room(1) = '}';
    ++at_;
    first_ = false;
  }

  /// Writes the key; where its value of that size goes.
  char* name(std::string_view key, std::size_t size) {
    char* to = room(key.size() + size + 4);
    if (!first_)
      *to++ = ',';
    first_ = false;
    *to++ = '"';
    to = copy(key, to);
    *to++ = '"';
    *to++ = ':';
    written_to(to);
    return to;
  }

  template <class Append>
  void append(std::string_view key, Append&& value) {
    name(key, 0);
    out_.resize(at_);
    value();
    at_ = out_.size();
  }

  static char* copy(std::string_view text, char* to) {
    return std::copy(text.begin(), text.end(), to);
  }

  void written_to(const char* end) {
    at_ = static_cast<std::size_t>(end - out_.data());
  }

  // A string fills what it grows by: it grows for many members at once, and by
  // a little, so that each character is filled once.
  char* room(std::size_t size) {
    constexpr std::size_t ahead = 256;
    if (out_.size() - at_ < size)
      out_.resize(
          std::max(at_ + size, std::min(out_.capacity(), at_ + size + ahead)));
    return out_.data() + at_;
  }

  std::string& out_;
  /// Where the next character goes; what is behind it is room.
  std::size_t at_;
  bool first_ = true;
};

/// What `write(json_writer&)` fills in.
template <class Write>
json_text object_text(Write&& write) {
  std::string out;
  out.reserve(120);
  json_writer w{out};
  write(w);
  w.end();
  return json_text::trusted(std::move(out));
}

}  // namespace closedpaw
