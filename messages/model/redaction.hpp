#pragma once

#include <string>
#include <string_view>

#include "messages/model/json.hpp"

namespace closedpaw {

inline constexpr std::string_view redacted = "[redacted]";

/// Puts "[redacted]" where the text has what looks like a secret: keys and
/// tokens of known forms (vendors', ours, JWT, PEM private keys), credentials
/// in URLs and header fields, and the values of fields whose names say so. What
/// is JSON stays JSON. Everything that goes into a log, the audit log, the tree
/// or an error's text passes through here; it is the second line of defence,
/// since secrets of the vault are masked where they are used. Linear in the
/// text (RE2). Any thread.
std::string redact(std::string text);

/// Of each text in it, and of fields whose names say that they are secret.
json redact_all(json value);

/// False only where redact() would not change it, nor the texts in it if it is
/// JSON; cheap.
bool holds_secret(std::string_view text);

}  // namespace closedpaw
