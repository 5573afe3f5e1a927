#pragma once

#include <string>
#include <string_view>

#include <vector>

#include "config/settings.hpp"
#include "messages/model/json.hpp"
#include "messages/model/log_line.hpp"

/// Logging to standard error, by component. Thread-safe after start().
namespace closedpaw::log {

using level = config::log_level;

/// Sets format and levels; may be called again when they change. "automatic" is
/// human on a terminal and JSON lines elsewhere.
void configure(const config::log_settings& settings);

/// One line. `component` is one of config::components; text from outside is
/// made harmless.
void write(std::string_view component, level severity, std::string_view text,
           const json& fields = {});

inline void info(std::string_view component, std::string_view text,
                 const json& fields = {}) {
  write(component, level::info, text, fields);
}
inline void warn(std::string_view component, std::string_view text,
                 const json& fields = {}) {
  write(component, level::warn, text, fields);
}
inline void error(std::string_view component, std::string_view text,
                  const json& fields = {}) {
  write(component, level::error, text, fields);
}

/// Another level than the configured one, until then. Of the steady clock, so
/// that a clock that is set does not matter.
void raise(std::string_view component, level to,
           std::chrono::steady_clock::time_point until);

/// Ends what lasted until now; to be called on a period.
void lower_expired(std::chrono::steady_clock::time_point now);

/// Of the last lines that were written.
std::vector<log_line> recent(const log_query& q);

/// Whether a line of that severity would be written.
bool enabled(std::string_view component, level severity);

/// Everything written so far has left the process.
void flush();

}  // namespace closedpaw::log
