#include "http/cli/lists_text.hpp"

#include <algorithm>
#include <vector>

#include "http/cli/operator_text.hpp"
#include "http/routes/inert_text.hpp"

namespace closedpaw::cli {

namespace {

using row = std::vector<std::string>;

/// As a cell: texts as they are, null as a dash, the rest as JSON.
std::string cell(const json& x, const char* key) {
  const auto it = x.find(key);
  if (it == x.end() || it->is_null())
    return "-";
  return http::inert(it->is_string() ? it->get<std::string>() : dump(*it));
}

std::string age_cell(const json& x, const char* key, timestamp now) {
  const auto it = x.find(key);
  if (it == x.end() || !it->is_string())
    return "-";
  const auto t = parse_iso8601(it->get_ref<const std::string&>());
  return t ? age_text(now - *t) : "-";
}

std::string message_cell(const json& x, const char* key) {
  const auto it = x.find(key);
  return it != x.end() && it->is_object() ? cell(*it, "message") : "-";
}

std::string table(const std::vector<row>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& r : rows)
    for (std::size_t i = 0; i < r.size(); ++i)
      widths[i] = std::max(widths[i], http::text_width(r[i]));
  std::string out;
  for (const auto& r : rows) {
    std::string line;
    for (std::size_t i = 0; i < r.size(); ++i)
      line += r[i] + std::string(widths[i] - http::text_width(r[i]) + 2, ' ');
    out += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
  }
  return out;
}

const json& object_at(const json& x, const char* key) {
  static const json none = json::object();
  const auto it = x.find(key);
  return it != x.end() && it->is_object() ? *it : none;
}

}  // namespace

std::string providers_text(const json& answer, timestamp now) {
  std::vector<row> rows{{"PROVIDER", "TYPE", "STATE", "LAST SUCCESS", "P50 MS",
                         "P95 MS", "IN FLIGHT", "MODELS", "LAST ERROR"}};
  if (answer.is_object())
    for (const auto& [name, x] : answer.items())
      rows.push_back({http::inert(name), cell(x, "type"), cell(x, "state"),
                      age_cell(x, "last_success", now),
                      cell(x, "latency_p50_ms"), cell(x, "latency_p95_ms"),
                      cell(x, "in_flight"), cell(x, "models"),
                      message_cell(x, "last_error")});
  return table(rows);
}

std::string channels_text(const json& answer, timestamp now) {
  std::vector<row> rows{{"CHANNEL", "TYPE", "STATE", "SINCE", "LAST EXCHANGE",
                         "IN", "OUT", "BACKLOG", "WHY"}};
  for (const auto& [name, x] : object_at(answer, "channels").items())
    rows.push_back({http::inert(name), cell(x, "type"), cell(x, "state"),
                    age_cell(x, "since", now),
                    age_cell(x, "last_exchange", now), cell(x, "messages_in"),
                    cell(x, "messages_out"), cell(x, "backlog"),
                    cell(x, "why")});
  return table(rows);
}

std::string agents_text(const json& answer, timestamp now) {
  std::vector<row> rows{{"AGENT", "SKILL", "STATE", "AGE", "CPU S", "MEMORY",
                         "PROCESSES", "ENDED BY"}};
  const auto& list = answer.is_array() ? answer : object_at(answer, "agents");
  for (const auto& x : list) {
    const auto& usage = object_at(x, "usage");
    rows.push_back({cell(x, "id"), cell(x, "skill_id"), cell(x, "state"),
                    age_cell(x, "created_at", now), cell(usage, "cpu_seconds"),
                    cell(usage, "memory_bytes"), cell(usage, "processes"),
                    cell(object_at(x, "end"), "cause")});
  }
  return table(rows);
}

std::string actions_text(const json& answer, timestamp now) {
  std::vector<row> rows{
      {"ACTION", "TYPE", "STATUS", "LEVEL", "AGE", "BY", "ERROR"}};
  if (answer.is_array())
    for (const auto& x : answer)
      rows.push_back({cell(x, "id"), cell(x, "action_type"), cell(x, "status"),
                      cell(x, "security_level"), age_cell(x, "created_at", now),
                      cell(x, "requested_by"), cell(x, "error")});
  return table(rows);
}

std::string action_text(const json& answer) {
  std::vector<row> rows;
  for (const char* key :
       {"id", "action_type", "skill_id", "status", "security_level",
        "requested_by", "claimed_user", "decided_by", "created_at",
        "completed_at", "digest", "error", "error_code"})
    rows.push_back({std::string{key} + ":", cell(answer, key)});
  auto out = table(rows);
  for (const char* key : {"parameters", "result"}) {
    const auto it = answer.find(key);
    if (it == answer.end() || it->is_null())
      continue;
    // Line by line: a text may hold what would move the cursor.
    std::string text =
        it->dump(2, ' ', false, json::error_handler_t::replace) + '\n';
    out += std::string{key} + ":\n";
    for (std::size_t at = 0; at < text.size();) {
      const auto end = text.find('\n', at);
      out += "  " + http::inert(text.substr(at, end - at)) + '\n';
      at = end + 1;
    }
  }
  return out;
}

std::string shippers_text(const json& answer, timestamp now) {
  std::vector<row> rows{{"SHIPPER", "TYPE", "TARGET", "STATE", "BEHIND",
                         "SHIPPED", "LAST", "DROPPED", "WHY"}};
  const auto it = answer.find("shippers");
  if (it != answer.end() && it->is_array())
    for (const auto& x : *it) {
      auto why = cell(x, "trouble");
      rows.push_back({cell(x, "name"), cell(x, "type"), cell(x, "target"),
                      cell(x, "state"), cell(x, "behind_events"),
                      cell(x, "shipped"), age_cell(x, "last_shipped", now),
                      cell(x, "dropped"),
                      why == "-" ? cell(x, "metrics_trouble") : why});
    }
  return table(rows);
}

std::string vault_text(const json& answer) {
  std::string out;
  if (answer.contains("state")) {
    out = "vault: " + cell(answer, "state") + ", key " +
          cell(answer, "key_id") + " (" + cell(answer, "source") + ")\n";
    if (const auto why = cell(answer, "why"); why != "-")
      out += "  " + why + '\n';
  }
  for (const char* done : {"name", "deleted"})
    if (answer.contains(done))
      out += (std::string{done} == "name" ? "stored " : "deleted ") +
             cell(answer, done) + '\n';
  if (answer.contains("for"))
    out += "  given to " + cell(answer, "for") + " only\n";
  if (answer.contains("forgotten") && answer["forgotten"] != 0)
    out += cell(answer, "forgotten") + " secrets are forgotten\n";
  const auto it = answer.find("secrets");
  if (it == answer.end() || !it->is_array() || it->empty())
    return out;
  std::vector<row> rows{{"SECRET", "LEVEL", "GIVEN TO", "READABLE"}};
  for (const auto& x : *it)
    rows.push_back({cell(x, "name"), cell(x, "level"), cell(x, "audience"),
                    cell(x, "readable") == "true" ? "yes" : "no"});
  return out + table(rows);
}

std::string tokens_text(const json& answer) {
  // The secret alone on its line: for a pipe.
  if (answer.contains("token"))
    return cell(answer, "token") + '\n';
  if (answer.contains("revoked"))
    return "revoked " + cell(answer, "revoked") + '\n';
  std::vector<row> rows{{"TOKEN", "ID", "SCOPES", "ENDS", "MADE BY"}};
  for (const auto& x : answer) {
    std::string scopes;
    for (const auto& one : x.value("scopes", json::array()))
      scopes += (scopes.empty() ? "" : ",") + one.get<std::string>();
    rows.push_back(
        {cell(x, "name"), cell(x, "id"), scopes,
         cell(x, "expires_at") + (x.value("expired", false) ? " (over)" : ""),
         cell(x, "created_by")});
  }
  return answer.empty() ? "nobody may come in from another machine\n"
                        : table(rows);
}

std::string paths_text(const json& answer) {
  std::vector<row> rows;
  if (answer.is_object())
    for (const auto& [name, x] : answer.items())
      rows.push_back({http::inert(name) + ":", cell(answer, name.c_str())});
  return rows.empty() ? std::string{} : table(rows);
}

std::string mode_text(const json& answer) {
  auto out = cell(answer, "mode");
  if (out != "normal")
    out += " since " + cell(answer, "since") + " by " + cell(answer, "by");
  if (const auto why = cell(answer, "reason"); why != "-" && !why.empty())
    out += ": " + why;
  return out + '\n';
}

std::string log_line_text(const json& line) {
  std::string out = cell(line, "time") + "Z " + cell(line, "level") + " " +
                    cell(line, "component") + " " + cell(line, "message");
  for (const auto& [key, value] : object_at(line, "fields").items())
    out += " " + http::inert(key) + "=" + http::inert(dump(value));
  return out + '\n';
}

std::string event_text(const json& event) {
  std::string out = cell(event, "timestamp") + "Z  " + cell(event, "sequence") +
                    "  " + cell(event, "level") + "  " +
                    cell(event, "action_type") + " " + cell(event, "status");
  if (cell(event, "outcome") != "-")
    out += " (" + cell(event, "outcome") + ")";
  out += "  by " + cell(event, "user");
  if (cell(event, "action_id") != "-")
    out += "  action " + cell(event, "action_id");
  const auto& details = object_at(event, "details");
  if (!details.empty())
    out += "  " + http::inert(dump(details));
  return out + '\n';
}

}  // namespace closedpaw::cli
