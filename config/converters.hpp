#pragma once

#include <cmath>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/descriptor.hpp"

/// Between JSON values and typed fields: what the tables are made of.
namespace closedpaw::config {

template <class T>
struct converter {
  bool is_text = false;
  bool is_list = false;
  std::string expected;
  std::function<json(const T&)> to_json;
  std::function<problem(const json&, T&)> from_json;
};

/// Says what was found instead.
problem wrong_type(const json& value);

/// The value for a message: short, and safe on a terminal.
std::string quoted(const json& value);

/// A whole number within the bounds, or what is wrong.
problem read_integer(const json& value, std::int64_t low, std::int64_t high,
                     std::int64_t& out);
std::string integer_text(std::int64_t low, std::int64_t high,
                         std::string_view unit);

converter<bool> booleans();
converter<double> fractions();
/// Whether messages may repeat a value that is wrong.
enum class echo : std::uint8_t { value, nothing };
/// `expected` says what would be right, as a noun phrase.
converter<std::string> texts(problem (*check)(std::string_view),
                             std::string expected, echo shown = echo::value);
converter<std::vector<std::string>> lists(problem (*check)(std::string_view),
                                          std::string expected);
converter<endpoint> listen_addresses();
/// Of any machine; "" for none.
converter<endpoint> optional_addresses();
converter<milliseconds> durations(std::int64_t low, std::int64_t high);

template <class T>
converter<T> integers(std::int64_t low, std::int64_t high,
                      std::string_view unit = {}) {
  return {
      .expected = integer_text(low, high, unit),
      .to_json = [](const T& x) { return json(x); },
      .from_json = [low, high](const json& value, T& out) -> problem {
        std::int64_t number = 0;
        if (auto wrong = read_integer(value, low, high, number))
          return wrong;
        out = static_cast<T>(number);
        return std::nullopt;
      },
  };
}

/// One of the names, whose places are the enum's values.
std::string choice_text(std::span<const std::string_view> names);
problem read_choice(const json& value, std::span<const std::string_view> names,
                    std::size_t& place);

template <class Enum, std::size_t N>
converter<Enum> choices(const std::array<std::string_view, N>& names) {
  return {
      .is_text = true,
      .expected = choice_text(names),
      .to_json =
          [names](const Enum& x) {
            return json(names[static_cast<std::size_t>(x)]);
          },
      .from_json = [names](const json& value, Enum& out) -> problem {
        std::size_t place = 0;
        if (auto wrong = read_choice(value, names, place))
          return wrong;
        out = static_cast<Enum>(place);
        return std::nullopt;
      },
  };
}

/// 0 stands for "not given".
template <class T>
converter<std::optional<T>> or_inherited(converter<T> inner) {
  return {
      .expected = inner.expected + "; or 0, which follows provider_defaults",
      .to_json =
          [inner](const std::optional<T>& x) {
            return x ? inner.to_json(*x) : json(0);
          },
      .from_json = [inner](const json& value,
                           std::optional<T>& out) -> problem {
        if (value.is_number_integer() && value == 0) {
          out.reset();
          return std::nullopt;
        }
        T given{};
        if (auto wrong = inner.from_json(value, given))
          return wrong;
        out = given;
        return std::nullopt;
      },
  };
}

/// Ties a converter to the field that `access` reaches in an Owner.
template <class Owner, class Access, class T>
descriptor<Owner> field(std::string_view key, Access access, converter<T> c,
                        takes_effect when, std::string_view description) {
  return {
      .key = std::string{key},
      .is_text = c.is_text,
      .is_list = c.is_list,
      .expected = c.expected,
      .when = when,
      .privacy = secrecy::shown,
      .description = description,
      .read = [access,
               c](const Owner& owner) { return c.to_json(access(owner)); },
      .assign =
          [access, c](Owner& owner, const json& value) {
            return c.from_json(value, access(owner));
          },
  };
}

}  // namespace closedpaw::config
