#include "config/converters.hpp"

#include <algorithm>

namespace closedpaw::config {

namespace {

std::string_view kind_of(const json& value) {
  switch (value.type()) {
    case json::value_t::boolean:
      return "true or false";
    case json::value_t::number_integer:
    case json::value_t::number_unsigned:
      return "an integer";
    case json::value_t::number_float:
      return "a number with a fraction";
    case json::value_t::string:
      return "text";
    case json::value_t::array:
      return "a list";
    case json::value_t::object:
      return "a table";
    default:
      return "a date, a time or nothing";
  }
}

}  // namespace

problem wrong_type(const json& value) {
  return "wrong type: found " + std::string{kind_of(value)};
}

std::string quoted(const json& value) {
  constexpr std::size_t longest = 60;
  // ASCII only, so that nothing of it can move a terminal's cursor.
  auto text = value.dump(-1, ' ', true, json::error_handler_t::replace);
  if (text.size() > longest)
    text = text.substr(0, longest) + "…";
  return text;
}

problem read_integer(const json& value, std::int64_t low, std::int64_t high,
                     std::int64_t& out) {
  if (!value.is_number_integer())
    return wrong_type(value);
  const bool too_big =
      value.is_number_unsigned() &&
      value.get<std::uint64_t>() > static_cast<std::uint64_t>(high);
  if (too_big || value.get<std::int64_t>() > high ||
      value.get<std::int64_t>() < low)
    return quoted(value) + " is out of range";
  out = value.get<std::int64_t>();
  return std::nullopt;
}

std::string integer_text(std::int64_t low, std::int64_t high,
                         std::string_view unit) {
  auto text =
      "an integer from " + std::to_string(low) + " to " + std::to_string(high);
  if (!unit.empty())
    text += " (" + std::string{unit} + ")";
  return text;
}

converter<bool> booleans() {
  return {
      .expected = "true or false",
      .to_json = [](const bool& x) { return json(x); },
      .from_json = [](const json& value, bool& out) -> problem {
        if (!value.is_boolean())
          return wrong_type(value);
        out = value.get<bool>();
        return std::nullopt;
      },
  };
}

converter<double> fractions() {
  return {
      .expected = "a number from 0 to 1",
      .to_json = [](const double& x) { return json(x); },
      .from_json = [](const json& value, double& out) -> problem {
        if (!value.is_number())
          return wrong_type(value);
        const auto number = value.get<double>();
        // Written so that NaN is refused too.
        if (!(number >= 0.0 && number <= 1.0))
          return quoted(value) + " is out of range";
        out = number;
        return std::nullopt;
      },
  };
}

converter<std::string> texts(problem (*check)(std::string_view),
                             std::string expected, echo shown) {
  return {
      .is_text = true,
      .expected = std::move(expected),
      .to_json = [](const std::string& x) { return json(x); },
      .from_json = [check, shown](const json& value,
                                  std::string& out) -> problem {
        if (!value.is_string())
          return wrong_type(value);
        const auto& text = value.get_ref<const std::string&>();
        if (auto wrong = check(text))
          return (shown == echo::value ? quoted(value) : "the value") + " " +
                 *wrong;
        out = text;
        return std::nullopt;
      },
  };
}

converter<std::vector<std::string>> lists(problem (*check)(std::string_view),
                                          std::string expected) {
  using list = std::vector<std::string>;
  return {
      .is_list = true,
      .expected = std::move(expected),
      .to_json = [](const list& x) { return json(x); },
      .from_json = [check](const json& value, list& out) -> problem {
        if (!value.is_array())
          return wrong_type(value);
        list items;
        for (const auto& item : value) {
          if (!item.is_string())
            return "item " + std::to_string(items.size() + 1) + " " +
                   *wrong_type(item);
          const auto& text = item.get_ref<const std::string&>();
          if (auto wrong = check(text))
            return "item " + std::to_string(items.size() + 1) + " " + *wrong;
          items.push_back(text);
        }
        out = std::move(items);
        return std::nullopt;
      },
  };
}

converter<endpoint> listen_addresses() {
  return {
      .is_text = true,
      .expected = "a loopback HOST:PORT such as \"127.0.0.1:8000\"",
      .to_json = [](const endpoint& x) { return json(to_string(x)); },
      .from_json = [](const json& value, endpoint& out) -> problem {
        if (!value.is_string())
          return wrong_type(value);
        if (auto wrong = parse_listen(value.get_ref<const std::string&>(), out))
          return quoted(value) + " " + *wrong;
        return std::nullopt;
      },
  };
}

converter<endpoint> optional_addresses() {
  return {
      .is_text = true,
      .expected = "an ADDRESS:PORT such as \"0.0.0.0:8443\", or \"\"",
      .to_json =
          [](const endpoint& x) {
            return json(x.host.empty() ? std::string{} : to_string(x));
          },
      .from_json = [](const json& value, endpoint& out) -> problem {
        if (!value.is_string())
          return wrong_type(value);
        const auto& text = value.get_ref<const std::string&>();
        if (text.empty()) {
          out = {"", 0};
          return std::nullopt;
        }
        if (auto wrong = parse_address(text, out))
          return quoted(value) + " " + *wrong;
        return std::nullopt;
      },
  };
}

converter<milliseconds> durations(std::int64_t low, std::int64_t high) {
  return {
      .expected = integer_text(low, high, "milliseconds"),
      .to_json = [](const milliseconds& x) { return json(x.count()); },
      .from_json = [low, high](const json& value,
                               milliseconds& out) -> problem {
        std::int64_t number = 0;
        if (auto wrong = read_integer(value, low, high, number))
          return wrong;
        out = milliseconds{number};
        return std::nullopt;
      },
  };
}

std::string choice_text(std::span<const std::string_view> names) {
  std::string text = "one of";
  for (const auto name : names)
    text += (name == names.front() ? " " : ", ") + std::string{name};
  return text;
}

problem read_choice(const json& value, std::span<const std::string_view> names,
                    std::size_t& place) {
  if (!value.is_string())
    return wrong_type(value);
  const auto& text = value.get_ref<const std::string&>();
  const auto found = std::find(names.begin(), names.end(), text);
  if (found == names.end())
    return quoted(value) + " is not known";
  place = static_cast<std::size_t>(found - names.begin());
  return std::nullopt;
}

}  // namespace closedpaw::config
