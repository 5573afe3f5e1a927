#include "http/routes/validation/coerce.hpp"

#include <algorithm>
#include <array>
#include <boost/algorithm/string/case_conv.hpp>
#include <charconv>
#include <limits>
#include <locale>

namespace closedpaw::http {

namespace {

template <std::size_t N>
bool among(const std::array<std::string_view, N>& words,
           std::string_view text) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

std::optional<bool> bool_of(const json& value) {
  static constexpr std::array<std::string_view, 6> yes{"1",    "on", "t",
                                                       "true", "y",  "yes"};
  static constexpr std::array<std::string_view, 6> no{"0",     "off", "f",
                                                      "false", "n",   "no"};
  if (value.is_boolean())
    return value.get<bool>();
  if (value.is_number()) {
    if (const auto x = value.get<double>(); x == 0 || x == 1)
      return x == 1;
    return std::nullopt;
  }
  if (!value.is_string())
    return std::nullopt;
  const auto word = boost::algorithm::to_lower_copy(value.get<std::string>(),
                                                    std::locale::classic());
  if (among(yes, word))
    return true;
  if (among(no, word))
    return false;
  return std::nullopt;
}

std::optional<json> object_of(json value) {
  if (value.is_object())
    return {std::move(value)};
  if (value.is_string() && value.get_ref<const std::string&>().empty())
    return json::object();
  if (!value.is_array())
    return std::nullopt;
  json out = json::object();
  for (const auto& pair : value) {
    if (!pair.is_array() || pair.size() != 2 || !pair[0].is_string())
      return std::nullopt;
    out[pair[0].get<std::string>()] = pair[1];
  }
  return out;
}

// Digits with single underscores between them, or nothing.
std::optional<std::string> digits_of(std::string_view text) {
  std::string digits;
  bool after_digit = false;
  for (const char c : text) {
    if (c == '_' && after_digit) {
      after_digit = false;
    } else if (c >= '0' && c <= '9') {
      digits += c;
      after_digit = true;
    } else {
      return std::nullopt;
    }
  }
  return after_digit ? std::optional{digits} : std::nullopt;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\n\r\f\v";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace

json place::loc() const {
  auto out = json::array({in});
  if (!name.empty())
    out.push_back(name);
  if (index)
    out.push_back(*index);
  return out;
}

std::optional<std::string> to_text(const json& value, const place& where,
                                   field_errors& errors) {
  if (value.is_string())
    return value.get<std::string>();
  if (value.is_boolean())
    return value.get<bool>() ? "True" : "False";
  if (value.is_number())
    return dump(value);
  errors.add(where.loc(), "str type expected", "type_error.str");
  return std::nullopt;
}

std::optional<bool> to_bool(const json& value, const place& where,
                            field_errors& errors) {
  auto flag = bool_of(value);
  if (!flag)
    errors.add(where.loc(), "value could not be parsed to a boolean",
               "type_error.bool");
  return flag;
}

std::optional<json> to_object(json value, const place& where,
                              field_errors& errors) {
  auto object = object_of(std::move(value));
  if (!object)
    errors.add(where.loc(), "value is not a valid dict", "type_error.dict");
  return object;
}

std::optional<std::vector<std::string>> to_texts(const json& value,
                                                 const place& where,
                                                 field_errors& errors) {
  if (!value.is_array()) {
    errors.add(where.loc(), "value is not a valid list", "type_error.list");
    return std::nullopt;
  }
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const place at{where.in, where.name, i};
    if (value[i].is_null())
      errors.null(at.loc());
    else if (auto text = to_text(value[i], at, errors))
      texts.push_back(std::move(*text));
  }
  if (texts.size() != value.size())
    return std::nullopt;
  return texts;
}

std::optional<std::int64_t> to_integer(std::string_view text,
                                       const place& where,
                                       field_errors& errors) {
  auto rest = trimmed(text);
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+'))
    rest.remove_prefix(1);
  auto digits = digits_of(rest);
  if (!digits) {
    errors.add(where.loc(), "value is not a valid integer",
               "type_error.integer");
    return std::nullopt;
  }
  std::int64_t value = 0;
  const auto [end, error] =
      std::from_chars(digits->data(), digits->data() + digits->size(), value);
  if (error == std::errc::result_out_of_range)
    value = std::numeric_limits<std::int64_t>::max();
  return negative ? -value : value;
}

}  // namespace closedpaw::http
