#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <cstring>
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
  explicit json_writer(std::string& out)
      : out_{out}, at_{out.data() + out.size()}, end_{at_} {
    open();
  }
  json_writer(const json_writer&) = delete;
  json_writer& operator=(const json_writer&) = delete;

  [[gnu::always_inline]] void text(std::string_view key,
                                   std::string_view value) {
    finish_text(name(key, value.size() + 2), value);
  }
  [[gnu::always_inline]] void text_if(std::string_view key,
                                      const std::optional<std::string>& value) {
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
  [[gnu::always_inline]] void value(std::string_view key, const json_text& x) {
    raw(key, x.str());
  }
  [[gnu::always_inline]] void value(std::string_view key,
                                    std::integral auto x) {
    constexpr std::size_t most_digits = 20;
    char* const to = name(key, most_digits);
    at_ = std::to_chars(to, to + most_digits, x).ptr;
  }
  void value(std::string_view key, bool x) { raw(key, x ? "true" : "false"); }
  /// An object within: `write(json_writer&)` fills it.
  template <class Write>
  void object(std::string_view key, Write&& write) {
    at_ = name(key, 0);
    open();
    write(*this);
    close();
  }
  /// `write(std::string&, element)` appends each.
  template <class Range, class Write>
  void array(std::string_view key, const Range& elements, Write&& write) {
    at_ = name(key, 0);
    leave_to_string();
    append_array(out_, elements, write);
    take_from_string();
  }
  void null(std::string_view key) { raw(key, "null"); }
  /// What is JSON already.
  [[gnu::always_inline]] void raw(std::string_view key,
                                  std::string_view value) {
    at_ = std::copy(value.begin(), value.end(), name(key, value.size()));
  }
  void end() {
    close();
    leave_to_string();
  }

 private:
  void open() {
    *room(1) = '{';
    ++at_;
    first_ = true;
  }
  void close() {
    *room(1) = '}';
    ++at_;
    first_ = false;
  }

  /// Writes the key, inlined, so that its length is known to the compiler;
  /// where its value of that size goes.
  [[gnu::always_inline]] char* name(std::string_view key, std::size_t size) {
    char* to = room(key.size() + size + 4);
    *to = ',';
    to += first_ ? 0 : 1;
    first_ = false;
    *to++ = '"';
    std::memcpy(to, key.data(), key.size());
    to += key.size();
    *to++ = '"';
    *to++ = ':';
    return to;
  }

  [[gnu::noinline]] void finish_text(char* to, std::string_view value) {
    *to = '"';
    char* const end = copy_plain_json(value, to + 1);
    if (end != nullptr) {
      *end = '"';
      at_ = end + 1;
      return;
    }
    at_ = to;
    leave_to_string();
    append_json_string(out_, value);
    take_from_string();
  }

  [[gnu::always_inline]] char* room(std::size_t size) {
    if (static_cast<std::size_t>(end_ - at_) < size) [[unlikely]]
      grow(size);
    return at_;
  }

  // A string fills what it grows by: it grows for many members at once, and by
  // a little, so that each character is filled once.
  [[gnu::noinline]] void grow(std::size_t size) {
    constexpr std::size_t ahead = 256;
    const auto used = static_cast<std::size_t>(at_ - out_.data());
    out_.resize(
        std::max(used + size, std::min(out_.capacity(), used + size + ahead)));
    at_ = out_.data() + used;
    end_ = out_.data() + out_.size();
  }

  void leave_to_string() {
    out_.resize(static_cast<std::size_t>(at_ - out_.data()));
  }
  void take_from_string() { end_ = at_ = out_.data() + out_.size(); }

  std::string& out_;
  /// Where the next character goes; what is from there to the end is room.
  char* at_;
  char* end_;
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
