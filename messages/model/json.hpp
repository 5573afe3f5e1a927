#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "messages/model/error.hpp"

namespace closedpaw {

/// Keeps the order of members, as the original does and clients see it.
using json = nlohmann::ordered_json;

/// Where JSON nesting ends (RFC 8259 lets an implementation set the limit).
inline constexpr int max_json_depth = 64;

/// Each member of an object is compared with those before it, so that this many
/// comparisons are what one text may cost: 5,600 members in one object, or
/// hundreds of thousands in objects of a hundred.
inline constexpr std::uint64_t max_json_comparisons = 16'000'000;

/// Position of a syntax error, counted like Python's json module.
struct json_error {
  std::string message;
  std::size_t offset = 0;
};

/// Parses strict JSON: UTF-8 only, no lone surrogates, no NaN or infinity
/// (1e400 included), at most `max_json_depth` deep, within
/// `max_json_comparisons`, nothing after the value.
boost::system::result<json, json_error> parse_json(std::string_view text);

/// Compact UTF-8 text; never throws (invalid UTF-8 becomes U+FFFD).
std::string dump(const json& value);

/// Appends what dump() returns.
void append_json(std::string& out, const json& value);

/// Appends a list; `write(std::string&, element)` appends each element.
template <class Range, class Write>
void append_array(std::string& out, const Range& elements, Write&& write) {
  out += '[';
  bool first = true;
  for (const auto& x : elements) {
    if (!std::exchange(first, false))
      out += ',';
    write(out, x);
  }
  out += ']';
}

/// The string at `key`; nothing where it is absent or null. Throws json's
/// type_error for anything else.
std::optional<std::string> optional_text(const json& object, const char* key);

/// Null where there is no text.
json text_or_null(const std::string& text);

/// Appends the quoted, escaped JSON string; for hot paths that write fixed keys
/// without building a tree first.
void append_json_string(std::string& out, std::string_view text);
/// Copies what needs no escaping, and returns its end; null, with anything
/// behind `to`, for what does. There is room for all of it.
char* copy_plain_json(std::string_view text, char* to);

}  // namespace closedpaw
