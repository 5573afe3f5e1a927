#include "http/routes/validation/audit_filters.hpp"

#include <limits>

#include "http/routes/validation/query.hpp"

namespace closedpaw::http {

namespace {

std::optional<timestamp> time_of(query_fields& query, field_errors& errors,
                                 std::string_view name) {
  const auto text = query.text(name);
  if (!text)
    return std::nullopt;
  auto time = parse_iso8601(*text);
  if (!time)
    errors.add(query.loc(name),
               "invalid datetime format; write 2026-11-24T06:28:50Z",
               "value_error.datetime");
  return time;
}

std::optional<std::uint64_t> cursor_of(query_fields& query,
                                       std::string_view name) {
  auto value = query.integer(name, 0, std::numeric_limits<std::int64_t>::max());
  return value ? std::optional{static_cast<std::uint64_t>(*value)}
               : std::nullopt;
}

std::optional<std::uint64_t> positive_of(query_fields& query,
                                         std::string_view name) {
  auto value = query.integer(name, 1, std::numeric_limits<std::int64_t>::max());
  return value ? std::optional{static_cast<std::uint64_t>(*value)}
               : std::nullopt;
}

// A word of a closed list; a wrong one would silently match nothing.
std::optional<std::string> word_of(query_fields& query, std::string_view name,
                                   const std::vector<std::string>& permitted) {
  return query.filter(name) ? query.choice(name, permitted) : std::nullopt;
}

std::optional<std::string> search_of(query_fields& query,
                                     field_errors& errors) {
  auto text = query.filter("q");
  if (text && text->size() > max_search_text) {
    errors.add(query.loc("q"),
               "ensure this value has at most " +
                   std::to_string(max_search_text) + " bytes",
               "value_error.any_str.max_length",
               {{"limit_value", max_search_text}});
    return std::nullopt;
  }
  return text;
}

audit_query filters_of(query_fields& query, field_errors& errors) {
  audit_query q;
  q.after = cursor_of(query, "after");
  q.since = time_of(query, errors, "since");
  q.until = time_of(query, errors, "until");
  q.action_type = query.filter("action_type");
  q.status = query.filter("status");
  q.outcome = word_of(query, "outcome", {"success", "failure"});
  q.level =
      word_of(query, "level", {"info", "low", "medium", "high", "critical"});
  q.user = query.filter("user");
  if (auto id = query.text("action_id")) {
    q.action_id = parse_uuid(*id);
    if (!q.action_id)
      errors.add(query.loc("action_id"), "value is not a valid uuid",
                 "type_error.uuid");
  }
  q.text = search_of(query, errors);
  return q;
}

checked<read_proof> proof_of(const request& r, proof_kind kind,
                             std::string_view first, std::string_view second) {
  field_errors errors;
  query_fields query{r.query, errors};
  read_proof command;
  command.kind = kind;
  query.required_text(first);
  command.first = cursor_of(query, first).value_or(0);
  command.second = cursor_of(query, second);
  if (!errors.empty())
    return errors.to_response();
  return command;
}

}  // namespace

checked<read_proof> check_head(const request&) {
  return read_proof{};
}

checked<read_proof> check_inclusion(const request& r) {
  return proof_of(r, proof_kind::inclusion, "sequence", "tree_size");
}

checked<read_proof> check_consistency(const request& r) {
  return proof_of(r, proof_kind::consistency, "first", "second");
}

checked<verify_log> check_verify(const request&) {
  return verify_log{};
}

checked<read_audit> check_audit(const request& r) {
  field_errors errors;
  query_fields query{r.query, errors};
  read_audit command;
  command.raw_query = r.query;
  command.query = filters_of(query, errors);
  auto& q = command.query;
  q.limit = static_cast<std::uint32_t>(
      query.integer("limit", 1, 1000).value_or(q.limit));
  q.before = cursor_of(query, "before");
  if (!errors.empty())
    return errors.to_response();
  return command;
}

checked<export_audit> check_export(const request& r) {
  field_errors errors;
  query_fields query{r.query, errors};
  export_audit command;
  command.query = filters_of(query, errors);
  command.query.ascending = true;
  command.query.limit = 256;
  command.most = positive_of(query, "limit");
  command.follow = query.flag("follow").value_or(false);
  if (!errors.empty())
    return errors.to_response();
  return command;
}

}  // namespace closedpaw::http
