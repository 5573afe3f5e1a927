#include "messages/log.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>

#include "http/routes/inert_text.hpp"
#include "messages/log_ring.hpp"
#include "messages/model/redaction.hpp"
#include "messages/model/time.hpp"

namespace closedpaw::log {

namespace {

// The message is a complete JSON object but for time, level and component.
constexpr auto human_pattern = "%Y-%m-%d %H:%M:%S.%e %^%-8l%$ %-12n %v";

struct state {
  state() {
    auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
    sink->set_pattern(human_pattern);
    for (std::size_t i = 0; i < loggers.size(); ++i)
      loggers[i] = std::make_shared<spdlog::logger>(
          std::string{config::components[i]}, sink);
  }

  std::array<std::shared_ptr<spdlog::logger>, config::components.size()>
      loggers;
  std::atomic<bool> json_lines{false};
  ring last;

  struct raised_level {
    level to;
    std::chrono::steady_clock::time_point until;
  };
  /// Guards what follows: levels are set by more than one thread.
  std::mutex mutex;
  config::log_settings configured;
  std::map<std::size_t, raised_level> raised;
};

state& shared() {
  static state s;
  return s;
}

std::size_t index_of(std::string_view component) {
  for (std::size_t i = 0; i < config::components.size(); ++i)
    if (config::components[i] == component)
      return i;
  return 0;
}

spdlog::level::level_enum to_spdlog(level x) {
  return static_cast<spdlog::level::level_enum>(x);
}

// Needs the lock.
void set_levels(state& s) {
  const auto& c = s.configured;
  for (std::size_t i = 0; i < s.loggers.size(); ++i) {
    const auto own = c.levels.find(config::components[i]);
    auto to = own == c.levels.end() ? c.level : own->second;
    if (const auto raised = s.raised.find(i); raised != s.raised.end())
      to = raised->second.to;
    s.loggers[i]->set_level(to_spdlog(to));
  }
}

std::string json_line(std::string_view component, level severity,
                      std::string_view text, const json& fields) {
  std::string out = "{\"time\":";
  append_json_string(out, to_iso8601(system_now()) + "Z");
  out += ",\"level\":";
  append_json_string(out, config::to_string(severity));
  out += ",\"component\":";
  append_json_string(out, component);
  out += ",\"message\":";
  append_json_string(out, text);
  for (const auto& [key, value] : fields.items()) {
    out += ',';
    append_json_string(out, key);
    out += ':';
    out += dump(value);
  }
  out += '}';
  return out;
}

json without_secrets(const json& fields) {
  const auto text = dump(fields);
  return holds_secret(text) ? redact_all(fields) : fields;
}

std::string human_line(std::string_view text, const json& fields) {
  auto out = http::inert(text);
  for (const auto& [key, value] : fields.items())
    out += ' ' + http::inert(key) + '=' + http::inert(dump(value));
  return out;
}

}  // namespace

void configure(const config::log_settings& settings) {
  auto& s = shared();
  s.json_lines = settings.format == config::log_format::json ||
                 (settings.format == config::log_format::automatic &&
                  isatty(STDERR_FILENO) == 0);
  // All loggers share the one sink.
  s.loggers[0]->set_pattern(s.json_lines ? "%v" : human_pattern);
  std::lock_guard guard{s.mutex};
  s.configured = settings;
  set_levels(s);
}

void raise(std::string_view component, level to,
           std::chrono::steady_clock::time_point until) {
  auto& s = shared();
  std::lock_guard guard{s.mutex};
  s.raised[index_of(component)] = {to, until};
  set_levels(s);
}

void lower_expired(std::chrono::steady_clock::time_point now) {
  auto& s = shared();
  std::lock_guard guard{s.mutex};
  if (std::erase_if(s.raised,
                    [now](const auto& x) { return x.second.until <= now; }) > 0)
    set_levels(s);
}

std::vector<log_line> recent(const log_query& q) {
  return shared().last.find(q);
}

bool enabled(std::string_view component, level severity) {
  return shared().loggers[index_of(component)]->should_log(to_spdlog(severity));
}

void write(std::string_view component, level severity, std::string_view text,
           const json& fields) {
  if (!enabled(component, severity))
    return;
  auto& s = shared();
  const auto said = redact(std::string{text});
  const auto safe = without_secrets(fields);
  const auto line = s.json_lines ? json_line(component, severity, said, safe)
                                 : human_line(said, safe);
  const auto& who = s.loggers[index_of(component)];
  who->log(to_spdlog(severity), line);
  s.last.push({0, system_now(), static_cast<std::uint8_t>(severity),
               who->name(), said, safe});
}

void flush() {
  for (auto& l : shared().loggers)
    l->flush();
}

}  // namespace closedpaw::log
