#pragma once

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
    name(key);
    append_json_string(out_, value);
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
      raw(key, "null");
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
  void end() { out_ += '}'; }

 private:
  void raw(std::string_view key, std::string_view value) {
    name(key);
    out_ += value;
  }
  void name(std::string_view key) {
    if (out_.back() != '{')
      out_ += ',';
    out_ += '"';
    out_ += key;
    out_ += "\":";
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
