#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/routes/validation/coerce.hpp"

namespace closedpaw::http {

using query_list = std::vector<std::pair<std::string, std::string>>;

/// Decoded names and values in their order; "a" is "a=".
query_list parse_query(std::string_view raw);

/// The same query with one value replaced or added; safe inside a header.
std::string replace_in_query(std::string_view raw, std::string_view name,
                             std::string_view value);

/// The parameters of a query; of several with one name the last counts.
class query_fields {
 public:
  query_fields(std::string_view raw, field_errors& errors)
      : list_{parse_query(raw)}, errors_{errors} {}

  /// As given, empty included.
  std::optional<std::string> text(std::string_view name) const;
  /// An error when missing.
  std::optional<std::string> required_text(std::string_view name);
  /// Nothing when missing or empty.
  std::optional<std::string> filter(std::string_view name) const;
  std::optional<bool> flag(std::string_view name);
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t low,
                                      std::int64_t high);
  /// Nothing when missing, an error when not among `permitted`.
  std::optional<std::string> choice(std::string_view name,
                                    const std::vector<std::string>& permitted);
  /// Where the value of this name is, for an error.
  static json loc(std::string_view name) { return {"query", name}; }

 private:
  query_list list_;
  field_errors& errors_;
};

}  // namespace closedpaw::http
