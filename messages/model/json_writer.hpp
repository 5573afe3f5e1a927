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
/// escaping.
class json_writer {
 public:
  explicit json_writer(std::string& out) : out_{out} { out_ += '{'; }

  void text(std::string_view key, std::string_view value) {
    if (is_plain_json(value))
      member(key, value, true);
    else
      append_json_string(name(key), value);
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
    char digits[24];
    raw(key, {digits, std::to_chars(digits, digits + sizeof digits, x).ptr});
  }
  void value(std::string_view key, bool x) { raw(key, x ? "true" : "false"); }
  /// An object within: `write(json_writer&)` fills it.
  template <class Write>
  void object(std::string_view key, Write&& write) {
    name(key);
    json_writer inner{out_};
    write(inner);
    inner.end();
  }
  /// `write(std::string&, element)` appends each.
  template <class Range, class Write>
  void array(std::string_view key, const Range& elements, Write&& write) {
    auto& out = name(key);
    char before = '[';
    for (const auto& x : elements) {
      out += before;
      write(out, x);
      before = ',';
    }
    out += before == '[' ? "[]" : "]";
  }
  void null(std::string_view key) { raw(key, "null"); }
  void end() { out_ += '}'; }

 private:
  void raw(std::string_view key, std::string_view value) {
    member(key, value, false);
  }
  std::string& name(std::string_view key) {
    member(key, {}, false);
    return out_;
  }

  // Room is made once for all of it: most members are shorter than what making
  // room costs.
  void member(std::string_view key, std::string_view value, bool quoted) {
    const bool first = out_.back() == '{';
    const auto at = out_.size();
    out_.resize(at + key.size() + value.size() + (first ? 3 : 4) +
                (quoted ? 2 : 0));
    char* to = out_.data() + at;
    if (!first)
      *to++ = ',';
    *to++ = '"';
    to = std::copy(key.begin(), key.end(), to);
    *to++ = '"';
    *to++ = ':';
    if (quoted)
      *to++ = '"';
    to = std::copy(value.begin(), value.end(), to);
    if (quoted)
      *to = '"';
  }

  std::string& out_;
};

/// What `write(json_writer&)` fills in.
template <class Write>
json_text object_text(Write&& write) {
  std::string out;
  json_writer w{out};
  write(w);
  w.end();
  return json_text::trusted(std::move(out));
}

}  // namespace closedpaw
