#include "actors/monitoring/shipping/syslog.hpp"

#include <algorithm>

#include "messages/model/sha256.hpp"

namespace closedpaw::monitoring::shipping {

namespace {

unsigned syslog_severity(const audit_event& e) {
  constexpr unsigned critical = 2;
  constexpr unsigned error = 3;
  constexpr unsigned warning = 4;
  constexpr unsigned notice = 5;
  constexpr unsigned informational = 6;
  if (e.level == "critical")
    return critical;
  if (e.level == "high")
    return error;
  if (e.level == "medium" || e.outcome == "failure")
    return warning;
  return e.level == "low" ? notice : informational;
}

/// A field of the head: printable ASCII without spaces, or "-".
std::string head_field(std::string_view text, std::size_t most) {
  std::string out{text.substr(0, most)};
  std::ranges::replace_if(
      out, [](unsigned char c) { return c <= ' ' || c > '~'; }, '?');
  return out.empty() ? "-" : out;
}

/// As a string of JSON in ASCII, without its quotes: nothing in it is a control
/// character, and quotes and backslashes are escaped as RFC 5424 wants it.
std::string ascii(std::string_view text) {
  auto quoted = json(std::string{text})
                    .dump(-1, ' ', true, json::error_handler_t::replace);
  return quoted.substr(1, quoted.size() - 2);
}

std::string parameter(std::string_view name, std::string_view value) {
  std::string out = " " + std::string{name} + "=\"";
  for (const char c : ascii(value)) {
    if (c == ']')
      out += '\\';
    out += c;
  }
  return out + '"';
}

std::string structured_data(const stored_event& e) {
  const auto& x = e.event;
  // RFC 5612's number for examples; we have none of our own.
  std::string out = "[closedpaw@32473" +
                    parameter("sequence", std::to_string(e.sequence)) +
                    parameter("actor", x.actor) + parameter("user", x.user.id) +
                    parameter("status", x.status) + parameter("level", x.level);
  if (x.outcome)
    out += parameter("outcome", *x.outcome);
  if (!x.action_id.is_nil())
    out += parameter("action_id", to_string(x.action_id));
  if (!x.request_id.empty())
    out += parameter("request_id", x.request_id);
  return out + "]";
}

std::string event_text(const stored_event& e) {
  std::string wire;
  append_wire(wire, e);
  const auto value = parse_json(wire);
  return value ? value->dump(-1, ' ', true, json::error_handler_t::replace)
               : ascii(wire);
}

}  // namespace

std::string syslog_message(const syslog_sender& from, const stored_event& e) {
  const auto priority = from.facility * 8 + syslog_severity(e.event);
  const auto head =
      "<" + std::to_string(priority) + ">1 " + to_iso8601(e.event.time) + "Z " +
      head_field(from.host_name, 255) + " closedpaw " +
      head_field(from.process_id, 128) + " " +
      head_field(e.event.action_type, 32) + " " + structured_data(e) + " ";
  auto text = event_text(e);
  if (head.size() + text.size() > from.max_bytes) {
    auto brief = e;
    const auto& details = e.event.details.str();
    brief.event.details =
        json_text{json{{"omitted_bytes", details.size()},
                       {"sha256", to_hex(sha256({details}))},
                       {"see", "GET /api/audit-logs?limit=1&before=" +
                                   std::to_string(e.sequence + 1)}}};
    text = event_text(brief);
  }
  return head + text;
}

}  // namespace closedpaw::monitoring::shipping
