#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/routes/validation/field_errors.hpp"

namespace closedpaw::http {

/// Where in a request a value is; of use only once there is an error.
struct place {
  /// "body", "query", …
  std::string_view in;
  std::string_view name{};
  /// In a list.
  std::optional<std::size_t> index{};

  json loc() const;
};

// How pydantic 1 turns a value into a type. Each adds its error and returns
// nothing when it cannot. A null value is the caller's to judge.

/// Numbers and booleans become text, as Python writes them.
std::optional<std::string> to_text(const json& value, const place& where,
                                   field_errors& errors);

/// true, false, 1, 0 and the words on/off, yes/no, y/n, true/false, t/f, 1/0 in
/// either case.
std::optional<bool> to_bool(const json& value, const place& where,
                            field_errors& errors);

/// Objects, and what Python's dict() makes one of: "", [] and lists of pairs
/// whose first part is text.
std::optional<json> to_object(json value, const place& where,
                              field_errors& errors);

/// A list of texts; errors name the index.
std::optional<std::vector<std::string>> to_texts(const json& value,
                                                 const place& where,
                                                 field_errors& errors);

/// What Python's int() reads: surrounding blanks, a sign, single underscores
/// between digits. Out of range saturates, so that bounds still refuse it.
std::optional<std::int64_t> to_integer(std::string_view text,
                                       const place& where,
                                       field_errors& errors);

}  // namespace closedpaw::http
