#pragma once

#include <toml++/toml.h>

#include <string>
#include <string_view>
#include <vector>

#include "messages/model/error.hpp"

namespace closedpaw::config {

/// Reads a file that is nothing but [[rules]]; `read` makes a rule of each
/// table, or says why not. Failures name the line and begin with `about`. To be
/// included where TOML is read anyway.
template <class Rule, class Read>
result<std::vector<Rule>> parse_rule_list(std::string_view text,
                                          const std::string& about, Read read) {
  const auto wrong = [&about](const std::string& what) {
    return failure{errc::bad_request, about + ": " + what, {}, {}};
  };
  toml::table parsed;
  try {
    parsed = toml::parse(text);
  } catch (const toml::parse_error& e) {
    return wrong("line " + std::to_string(e.source().begin.line) + ": " +
                 std::string{e.description()});
  }
  const auto* list = parsed["rules"].as_array();
  if (!list || parsed.size() != 1)
    return wrong("a list of [[rules]], and nothing else, is needed");
  std::vector<Rule> out;
  for (const auto& x : *list) {
    const auto* table = x.as_table();
    if (!table)
      return wrong("rules must be a list of tables");
    result<Rule> rule = read(*table);
    if (!rule)
      return rule.error();
    out.push_back(std::move(*rule));
  }
  return out;
}

}  // namespace closedpaw::config
