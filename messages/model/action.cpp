#include "messages/model/action.hpp"

#include <array>
#include <utility>

#include "messages/model/json_writer.hpp"
#include "messages/model/sha256.hpp"

namespace closedpaw {

namespace {

template <class Enum, std::size_t N>
using name_table = std::array<std::pair<Enum, std::string_view>, N>;

constexpr name_table<action_type, 6> type_names{{
    {action_type::chat, "chat"},
    {action_type::skill_execution, "skill_execution"},
    {action_type::model_switch, "model_switch"},
    {action_type::api_call, "api_call"},
    {action_type::file_operation, "file_operation"},
    {action_type::config_change, "config_change"},
}};

constexpr name_table<action_status, 6> status_names{{
    {action_status::pending, "pending"},
    {action_status::approved, "approved"},
    {action_status::rejected, "rejected"},
    {action_status::executing, "executing"},
    {action_status::completed, "completed"},
    {action_status::failed, "failed"},
}};

constexpr name_table<security_level, 4> level_names{{
    {security_level::low, "low"},
    {security_level::medium, "medium"},
    {security_level::high, "high"},
    {security_level::critical, "critical"},
}};

template <class Table, class Enum>
std::string_view name_of(const Table& table, Enum x) {
  for (const auto& [value, name] : table)
    if (value == x)
      return name;
  return "unknown";
}

template <class Enum, std::size_t N>
std::optional<Enum> value_of(const name_table<Enum, N>& table,
                             std::string_view text) {
  for (const auto& [value, name] : table)
    if (name == text)
      return value;
  return std::nullopt;
}

void write(json_writer& w, std::string_view key, const principal& p) {
  w.object(key, [&](json_writer& inner) {
    inner.text("id", p.id);
    inner.text("kind", p.kind);
  });
}

principal read_principal(const json& j) {
  return {j.at("kind").get<std::string>(), j.at("id").get<std::string>()};
}

timestamp read_time(const json& j) {
  return timestamp{std::chrono::microseconds{j.get<std::int64_t>()}};
}

std::int64_t micros(timestamp t) {
  return t.time_since_epoch().count();
}

action read_action(const json& j) {
  action x;
  x.id = parse_uuid(j.at("id").get<std::string>()).value();
  x.version = j.at("version").get<std::uint64_t>();
  x.type = parse_action_type(j.at("type").get<std::string>()).value();
  x.status = parse_action_status(j.at("status").get<std::string>()).value();
  x.level =
      value_of(level_names, j.at("level").get<std::string_view>()).value();
  x.skill_id = optional_text(j, "skill_id");
  x.parameters = j.at("parameters");
  x.digest = j.at("digest").get<std::string>();
  x.result = j.at("result");
  x.error = optional_text(j, "error");
  x.error_code = optional_text(j, "error_code");
  x.created_at = read_time(j.at("created_us"));
  if (auto it = j.find("completed_us"); it != j.end())
    x.completed_at = read_time(*it);
  x.requested_by = read_principal(j.at("requested_by"));
  if (auto it = j.find("decided_by"); it != j.end())
    x.decided_by = read_principal(*it);
  x.claimed_user = optional_text(j, "claimed_user");
  x.request_id = j.at("request_id").get<std::string>();
  return x;
}

}  // namespace

std::string_view to_string(action_type x) {
  return name_of(type_names, x);
}

std::string_view to_string(action_status x) {
  return name_of(status_names, x);
}

std::string_view to_string(security_level x) {
  return name_of(level_names, x);
}

std::optional<action_type> parse_action_type(std::string_view text) {
  return value_of(type_names, text);
}

std::optional<action_status> parse_action_status(std::string_view text) {
  return value_of(status_names, text);
}

json to_json(const action_summary& x) {
  return {{"id", to_string(x.id)},
          {"action_type", to_string(x.type)},
          {"status", to_string(x.status)},
          {"security_level", to_string(x.level)},
          {"error", x.error ? json(*x.error) : json()}};
}

std::string row_bytes(const action& x) {
  std::string out;
  out.reserve(512);
  json_writer w{out};
  w.text("id", uuid_text{x.id});
  w.value("version", x.version);
  w.text("type", to_string(x.type));
  w.text("status", to_string(x.status));
  w.text("level", to_string(x.level));
  w.text_if("skill_id", x.skill_id);
  w.value("parameters", x.parameters);
  w.text("digest", x.digest);
  w.value("result", x.result);
  w.text_if("error", x.error);
  w.text_if("error_code", x.error_code);
  w.value("created_us", micros(x.created_at));
  if (x.completed_at)
    w.value("completed_us", micros(*x.completed_at));
  write(w, "requested_by", x.requested_by);
  if (x.decided_by)
    write(w, "decided_by", *x.decided_by);
  w.text_if("claimed_user", x.claimed_user);
  w.text("request_id", x.request_id);
  w.end();
  return out;
}

result<action> action_from_bytes(std::string_view bytes) {
  try {
    return read_action(json::parse(bytes.begin(), bytes.end()));
  } catch (const std::exception& e) {
    return failure{errc::storage_failed,
                   std::string{"an action row is damaged: "} + e.what(),
                   {},
                   {}};
  }
}

std::string action_digest(action_type type,
                          const std::optional<std::string>& skill_id,
                          const json_text& parameters) {
  const auto kind = to_string(type);
  const std::string_view skill = skill_id ? *skill_id : std::string_view{};
  std::string text;
  text.reserve(kind.size() + skill.size() + parameters.str().size() + 2);
  text.append(kind).append(1, '\n').append(skill).append(1, '\n');
  text.append(parameters.str());
  return to_hex(sha256({text}));
}

}  // namespace closedpaw
