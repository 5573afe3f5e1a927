#include "messages/model/json.hpp"

namespace closedpaw {

namespace {

// Counted before parsing, so that hostile depth never reaches a recursive
// destructor. Brackets inside strings do not count.
std::optional<std::size_t> too_deep_at(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > max_json_depth)
        return i;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return std::nullopt;
}

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

bool plain(std::string_view text) {
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (u < 0x20 || u >= 0x7f || c == '"' || c == '\\')
      return false;
  }
  return true;
}

}  // namespace

boost::system::result<json, json_error> parse_json(std::string_view text) {
  if (auto at = too_deep_at(text))
    return json_error{
        "nested deeper than " + std::to_string(max_json_depth) + " levels",
        *at};
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
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<std::string> optional_text(const json& object, const char* key) {
  auto it = object.find(key);
  if (it == object.end() || it->is_null())
    return std::nullopt;
  return it->get<std::string>();
}

void append_json_string(std::string& out, std::string_view text) {
  if (plain(text)) {
    out += '"';
    out += text;
    out += '"';
  } else {
    out += dump(json(text));
  }
}

}  // namespace closedpaw
