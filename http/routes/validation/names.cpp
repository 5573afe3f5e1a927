#include "http/routes/validation/names.hpp"

#include <algorithm>

namespace closedpaw::http {

bool is_name(std::string_view text) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  };
  return !text.empty() && text.size() <= 64 && plain(text.front()) &&
         text != "default" && std::ranges::all_of(text, [&](char c) {
           return plain(c) || c == '_' || c == '-';
         });
}

void check_name(const std::string& name, const json& loc,
                field_errors& errors) {
  if (name.empty())
    errors.add(loc, "ensure this value has at least 1 characters",
               "value_error.any_str.min_length", {{"limit_value", 1}});
  else if (!is_name(name))
    errors.add(loc,
               "expected 1 to 64 of a-z, 0-9, _ and -, beginning with a "
               "letter or a digit, and not \"default\"",
               "value_error.str.regex");
}

}  // namespace closedpaw::http
