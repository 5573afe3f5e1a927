#include "messages/model/alert.hpp"

#include <array>

namespace closedpaw {

namespace {

constexpr std::array<std::string_view, 3> severity_names{"info", "warning",
                                                         "critical"};
constexpr std::array<std::string_view, 6> measure_names{
    "value", "age", "increase", "ratio", "absent", "burn_rate"};
constexpr std::array<std::string_view, 3> comparison_names{"above", "at_least",
                                                           "below"};
constexpr std::array<std::string_view, 3> alert_states{"pending", "firing",
                                                       "resolved"};

template <class Enum, std::size_t N>
std::optional<Enum> parse(const std::array<std::string_view, N>& names,
                          std::string_view text) {
  for (std::size_t i = 0; i < N; ++i)
    if (names[i] == text)
      return static_cast<Enum>(i);
  return std::nullopt;
}

json time_or_null(const std::optional<timestamp>& t) {
  return t ? json(to_iso8601(*t)) : json();
}

json conditions_json(const std::vector<label_condition>& list) {
  auto out = json::array();
  for (const auto& c : list)
    out.push_back(
        {{"name", c.name}, {"values", c.values}, {"negated", c.negated}});
  return out;
}

json selector_json(const metric_selector& x) {
  return {{"metric", x.metric}, {"where", conditions_json(x.where)}};
}

}  // namespace

std::string_view to_string(alert_severity x) {
  return severity_names[static_cast<std::size_t>(x)];
}

std::optional<alert_severity> parse_severity(std::string_view text) {
  return parse<alert_severity>(severity_names, text);
}

std::optional<alert_measure> parse_measure(std::string_view text) {
  return parse<alert_measure>(measure_names, text);
}

std::optional<alert_comparison> parse_comparison(std::string_view text) {
  return parse<alert_comparison>(comparison_names, text);
}

std::string_view to_string(alert_state x) {
  return alert_states[static_cast<std::size_t>(x)];
}

json to_json(const alert& x) {
  return {{"fingerprint", x.fingerprint},
          {"rule", x.rule},
          {"severity", to_string(x.severity)},
          {"state", to_string(x.state)},
          {"labels", x.labels},
          {"value", x.value},
          {"summary", x.summary},
          {"cause", text_or_null(x.cause)},
          {"runbook", x.runbook},
          {"node", x.node},
          {"active_at", to_iso8601(x.active_at)},
          {"firing_at", time_or_null(x.firing_at)},
          {"resolved_at", time_or_null(x.resolved_at)},
          {"held_back", x.held_back},
          {"inhibited_by", text_or_null(x.inhibited_by)},
          {"silenced_by", text_or_null(x.silenced_by)}};
}

json to_json(const alert_silence& x) {
  return {{"id", x.id},
          {"matchers", conditions_json(x.matchers)},
          {"starts_at", to_iso8601(x.starts_at)},
          {"ends_at", to_iso8601(x.ends_at)},
          {"comment", x.comment},
          {"created_by", x.created_by}};
}

std::optional<alert_silence> silence_from(const json& x) {
  try {
    alert_silence out;
    out.id = x.at("id").get<std::string>();
    for (const auto& m : x.at("matchers"))
      out.matchers.push_back({m.at("name").get<std::string>(),
                              m.at("values").get<std::vector<std::string>>(),
                              m.at("negated").get<bool>()});
    const auto starts =
        parse_iso8601(x.at("starts_at").get_ref<const std::string&>());
    const auto ends =
        parse_iso8601(x.at("ends_at").get_ref<const std::string&>());
    if (!starts || !ends)
      return std::nullopt;
    out.starts_at = *starts;
    out.ends_at = *ends;
    out.comment = x.at("comment").get<std::string>();
    out.created_by = x.at("created_by").get<std::string>();
    return out;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

json to_json(const receiver_view& x) {
  return {{"name", x.name},
          {"type", x.type},
          {"delivered", x.delivered},
          {"failed", x.failed},
          {"dropped", x.dropped},
          {"waiting", x.waiting},
          {"last_success", time_or_null(x.last_success)},
          {"trouble", text_or_null(x.trouble)}};
}

json to_json(const alert_rule& x) {
  json out{
      {"name", x.name},
      {"severity", to_string(x.severity)},
      {"summary", x.summary},
      {"runbook", x.runbook},
      {"node", x.node},
      {"measure", measure_names[static_cast<std::size_t>(x.measure)]},
      {"of", selector_json(x.of)},
      {"by", x.by},
      {"comparison", comparison_names[static_cast<std::size_t>(x.comparison)]},
      {"threshold", x.threshold},
      {"window_s", x.window.count()},
      {"for_s", x.for_.count()},
      {"keep_s", x.keep.count()},
      {"notify_after_s", x.notify_after.count()},
      {"inhibited_by", x.inhibited_by}};
  if (!x.total.metric.empty())
    out["total"] = selector_json(x.total);
  if (x.measure == alert_measure::burn_rate) {
    out["good"] = x.good;
    out["objective"] = x.objective;
    out["least"] = x.least;
  }
  return out;
}

}  // namespace closedpaw
