#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/routes/validation/coerce.hpp"

namespace closedpaw::http {

/// Reads a body by FastAPI 0.92's rules. Nothing when it is empty or `null`.
/// Without a Content-Type, or with a JSON one, it must be JSON; with any other
/// it is a value of bytes, which no field accepts. Broken JSON is answered
/// alone, before anything else is looked at (422); a body that is no UTF-8 is
/// 400.
checked<std::optional<json>> read_body(const request& r);

/// The body as the fields of one object.
class body_fields {
 public:
  enum class need {
    /// Must be there and not null.
    required,
    /// May be missing, must not be null.
    defaulted,
    /// May be missing or null.
    nullable,
  };

  /// Keeps a reference. `body` nothing: all fields are missing as one.
  body_fields(std::optional<json> body, field_errors& errors);

  std::optional<std::string> text(const char* name, need n);
  std::optional<bool> flag(const char* name, need n);
  /// Takes it out of the body.
  std::optional<json> object(const char* name, need n);

 private:
  /// The value to convert, or null when there is none or an error was added.
  json* value(const char* name, need n);

  field_errors& errors_;
  /// Nothing when the body is not an object; that error is added already.
  std::optional<json> fields_;
};

}  // namespace closedpaw::http
