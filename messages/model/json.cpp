#include "messages/model/json.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>

namespace closedpaw {

namespace {

// Counted before parsing, so that hostile depth never reaches a recursive
// destructor, nor hostile breadth a search for each member. Brackets and commas
// inside strings do not count.
class size_check {
 public:
  /// The first thing that is too much.
  std::optional<json_error> find(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i)
      switch (text[i]) {
        case '"':
          i = end_of_string(text, i);
          break;
        case '[':
        case '{':
          if (++depth_ > max_json_depth)
            return json_error{"nested deeper than " +
                                  std::to_string(max_json_depth) + " levels",
                              i};
          if (depth_ > 0)
            members_[static_cast<std::size_t>(depth_)] =
                text[i] == '{' ? 1 : list;
          break;
        case ']':
        case '}':
          --depth_;
          break;
        case ',':
          if (!next_member())
            return json_error{"an object has too many members", i};
          break;
        default:
          break;
      }
    return std::nullopt;
  }

 private:
  static constexpr std::uint32_t list = 0;

  static std::size_t end_of_string(std::string_view text, std::size_t i) {
    for (++i; i < text.size() && text[i] != '"'; ++i)
      if (text[i] == '\\')
        ++i;
    return i;
  }

  bool next_member() {
    if (depth_ <= 0)
      return true;
    auto& members = members_[static_cast<std::size_t>(depth_)];
    if (members != list)
      comparisons_ += members++;
    return comparisons_ <= max_json_comparisons;
  }

  int depth_ = 0;
  std::uint64_t comparisons_ = 0;
  /// Of the object that is open at each depth.
  std::array<std::uint32_t, max_json_depth + 1> members_{};
};

// "[json.exception.parse_error.101] parse error at line 1, column 2: syntax
// error while …" → from "syntax error" on.
std::string readable(std::string_view what) {
  if (auto at = what.find("] "); at != std::string_view::npos)
    what.remove_prefix(at + 2);
  if (auto at = what.find(": ");
      at != std::string_view::npos && what.starts_with("parse error"))
    what.remove_prefix(at + 2);
  return std::string{what};
}

std::string library_dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

constexpr std::size_t most_are_shorter = 64;

template <class Integer>
void append_integer(std::string& out, Integer x) {
  std::array<char, 24> digits;
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), x).ptr;
  out.append(digits.data(), end);
}

/// Whether any of eight characters needs escaping, is DEL, or is not ASCII.
/// What is added or taken away only carries over into the next character from
/// one of those.
constexpr bool any_odd(std::uint64_t eight) {
  constexpr std::uint64_t ones = 0x0101'0101'0101'0101;
  const auto controls = eight - ones * 0x20;
  const auto quotes = (eight ^ ones * '"') - ones;
  const auto slashes = (eight ^ ones * '\\') - ones;
  const auto del = eight + ones;
  return ((eight | controls | quotes | slashes | del) & ones * 0x80) != 0;
}

bool copy_if_plain(const char* from, char* to) {
  std::uint64_t eight;
  std::memcpy(&eight, from, sizeof eight);
  std::memcpy(to, &eight, sizeof eight);
  return !any_odd(eight);
}

void append_object(std::string& out, const json& value) {
  char before = '{';
  for (const auto& [key, member] : value.get_ref<const json::object_t&>()) {
    out += before;
    append_json_string(out, key);
    out += ':';
    append_json(out, member);
    before = ',';
  }
  out += before == '{' ? "{}" : "}";
}

}  // namespace

boost::system::result<json, json_error> parse_json(std::string_view text) {
  if (auto too_much = size_check{}.find(text))
    return std::move(*too_much);
  try {
    return {boost::system::in_place_value,
            json::parse(text.begin(), text.end())};
  } catch (const json::parse_error& e) {
    return json_error{readable(e.what()), e.byte > 0 ? e.byte - 1 : 0};
  } catch (const json::exception& e) {
    return json_error{readable(e.what()), 0};
  }
}

std::string dump(const json& value) {
  std::string out;
  out.reserve(most_are_shorter);
  append_json(out, value);
  return out;
}

// The library's serializer sets up a locale and half a kilobyte of indentation
// for each value; most of ours are a few short strings.
void append_json(std::string& out, const json& value) {
  switch (value.type()) {
    case json::value_t::object:
      append_object(out, value);
      break;
    case json::value_t::array:
      append_array(out, value, append_json);
      break;
    case json::value_t::string:
      append_json_string(out, value.get_ref<const std::string&>());
      break;
    case json::value_t::boolean:
      out += value.get<bool>() ? "true" : "false";
      break;
    case json::value_t::null:
      out += "null";
      break;
    case json::value_t::number_integer:
      append_integer(out, value.get<std::int64_t>());
      break;
    case json::value_t::number_unsigned:
      append_integer(out, value.get<std::uint64_t>());
      break;
    default:
      out += library_dump(value);
  }
}

json text_or_null(const std::string& text) {
  return text.empty() ? json() : json(text);
}

std::optional<std::string> optional_text(const json& object, const char* key) {
  auto it = object.find(key);
  if (it == object.end() || it->is_null())
    return std::nullopt;
  return it->get<std::string>();
}

// Longer texts by eights, of which the last may overlap the one before it;
// shorter ones filled up with letters.
char* copy_plain_json(std::string_view text, char* to) {
  const char* const from = text.data();
  const auto size = text.size();
  if (size >= 8) {
    for (std::size_t i = 0; i + 8 < size; i += 8)
      if (!copy_if_plain(from + i, to + i))
        return nullptr;
    return copy_if_plain(from + size - 8, to + size - 8) ? to + size : nullptr;
  }
  std::uint64_t all = 0x6161'6161'6161'6161;
  if (size >= 4) {
    std::memcpy(&all, from, 4);
    std::memcpy(reinterpret_cast<char*>(&all) + 4, from + size - 4, 4);
  } else {
    for (std::size_t i = 0; i < size; ++i)
      reinterpret_cast<char*>(&all)[i] = from[i];
  }
  if (any_odd(all))
    return nullptr;
  for (std::size_t i = 0; i < size; ++i)
    to[i] = from[i];
  return to + size;
}

void append_json_string(std::string& out, std::string_view text) {
  const auto begin = out.size();
  out.resize(begin + text.size() + 2, '"');
  if (copy_plain_json(text, out.data() + begin + 1) != nullptr)
    return;
  out.resize(begin);
  out += library_dump(json(text));
}

}  // namespace closedpaw
