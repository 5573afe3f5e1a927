#include <limits>

#include "config/settings.hpp"
#include "http/routes/handlers.hpp"
#include "http/routes/openapi/operation.hpp"
#include "http/routes/replies.hpp"
#include "http/routes/resources.hpp"
#include "http/routes/validation/query.hpp"

namespace closedpaw::http {

namespace {

constexpr std::int64_t longest_raise_s = 86'400;
constexpr std::int64_t usual_raise_s = 600;

std::string name_of(std::uint8_t severity) {
  return std::string{
      config::to_string(static_cast<config::log_level>(severity))};
}

const std::vector<std::string>& level_names() {
  static const auto names = [] {
    std::vector<std::string> out;
    for (std::uint8_t i = 0;
         i < static_cast<std::uint8_t>(config::log_level::off); ++i)
      out.push_back(name_of(i));
    return out;
  }();
  return names;
}

const std::vector<std::string>& component_names() {
  static const std::vector<std::string> names{config::components.begin(),
                                              config::components.end()};
  return names;
}

std::optional<std::uint8_t> level_of(query_fields& query) {
  const auto name = query.choice("level", level_names());
  for (std::uint8_t i = 0; name && i < level_names().size(); ++i)
    if (level_names()[i] == *name)
      return i;
  return std::nullopt;
}

json to_json(const log_line& x) {
  return {{"number", x.number},
          {"time", to_iso8601(x.time)},
          {"level", name_of(x.severity)},
          {"component", x.component},
          {"message", x.text},
          {"fields", x.fields}};
}

outcome list_lines(const request& r, const path_params&,
                   const live_state& live) {
  field_errors errors;
  query_fields query{r.query, errors};
  log_query q;
  if (query.filter("component"))
    q.component = query.choice("component", component_names());
  if (query.filter("level"))
    q.min_severity = level_of(query).value_or(0);
  q.after = static_cast<std::uint64_t>(
      query.integer("after", 0, std::numeric_limits<std::int64_t>::max())
          .value_or(0));
  q.limit = static_cast<std::size_t>(
      query.integer("limit", 1, 2'000)
          .value_or(static_cast<std::int64_t>(q.limit)));
  if (!errors.empty())
    return errors.to_response();
  auto lines = json::array();
  for (const auto& x : live.log_lines(q))
    lines.push_back(to_json(x));
  return json_reply(
      {{"run", to_iso8601(live.started_at)}, {"lines", std::move(lines)}});
}

outcome raise_level(const request& r, const path_params&,
                    const live_state& live) {
  field_errors errors;
  query_fields query{r.query, errors};
  raise_log_level what;
  query.required_text("component");
  query.required_text("level");
  what.component =
      query.choice("component", component_names()).value_or(std::string{});
  what.severity = level_of(query).value_or(0);
  what.lasts = std::chrono::seconds{
      query.integer("seconds", 1, longest_raise_s).value_or(usual_raise_s)};
  if (!errors.empty())
    return errors.to_response();
  live.raise_log_level(what, r.peer);
  return json_reply({{"component", what.component},
                     {"level", name_of(what.severity)},
                     {"until", to_iso8601(live.now() + what.lasts)}});
}

}  // namespace

std::vector<route> logs_routes() {
  return {
      {method::get, "/api/logs", access::read, list_lines,
       [] {
         return operation{
             "readLogs", "operation",
             "The last lines of the daemon's own log, oldest first"}
             .describe(
                 "As many as fit in a MiB; they are lost when the daemon "
                 "ends, and another run counts anew. With after the oldest "
                 "that fit come, else the newest. What was done is in the "
                 "audit log.")
             .query("component", enum_schema(component_names()),
                    "Only those of this part")
             .query("level", enum_schema(level_names()),
                    "Only those that are at least so severe")
             .query("after",
                    integer_schema(0, std::numeric_limits<std::int64_t>::max()),
                    "Only those with a higher number")
             .query("limit", integer_schema(1, 2'000), "200 unless given")
             .returns(200, "The lines", free_object())
             .take();
       }},
      {method::post, "/api/logs/level", access::admin, raise_level,
       [] {
         return operation{"raiseLogLevel", "operation",
                          "Log more, or less, of one part for a while"}
             .describe(
                 "It ends by itself, and is an audit event. For good: "
                 "log.levels in the configuration, or an action "
                 "config_change.")
             .query("component", enum_schema(component_names()), "Which part",
                    true)
             .query("level", enum_schema(level_names()), "From which level on",
                    true)
             .query("seconds", integer_schema(1, longest_raise_s),
                    "For how long; 600 unless given")
             .returns(200, "Until when", free_object())
             .take();
       }},
  };
}

}  // namespace closedpaw::http
