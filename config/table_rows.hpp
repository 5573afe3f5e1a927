#pragma once

#include <string>
#include <utility>

#include "config/converters.hpp"

/// How the tables of settings are written down.
namespace closedpaw::config {

inline constexpr std::int64_t hour_ms = 3'600'000;
inline constexpr auto at_once = takes_effect::at_once;
inline constexpr auto after_restart = takes_effect::after_restart;

/// Reaches a field of a section, whether the settings are const or not.
template <class Section, class T>
auto at(Section settings::*section, T Section::*member) {
  return [ section, member ](auto& owner) -> auto& {
    return owner.*section.*member;
  };
}

/// Makes the rows of one section.
template <class Section>
struct rows {
  setting_table& table;
  std::string prefix;
  Section settings::*section;

  template <class T>
  void add(std::string_view name, T Section::*member, converter<T> c,
           takes_effect when, std::string_view description) {
    table.push_back(field<settings>(prefix + std::string{name},
                                    at(section, member), std::move(c), when,
                                    description));
  }
};

/// Those of [security].
void add_security_settings(setting_table& table);

}  // namespace closedpaw::config
