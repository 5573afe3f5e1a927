#include "actors/audit/event_filter.hpp"

#include <algorithm>

namespace closedpaw::audit {

namespace {

constexpr char fold(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string folded(std::string text) {
  std::ranges::transform(text, text.begin(), fold);
  return text;
}

// What no JSON writer escapes, so that the stored form is known.
bool plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return c > ' ' && c <= '~' && c != '"' && c != '\\' && c != '/';
  });
}

bool equal(const std::optional<std::string>& wanted, std::string_view value) {
  return !wanted || *wanted == value;
}

}  // namespace

event_filter::event_filter(const audit_query& query) : query_{query} {
  for (const auto* wanted : {&query.action_type, &query.status, &query.outcome,
                             &query.level, &query.user}) {
    if (!*wanted)
      continue;
    matches_all_ = false;
    if (plain(**wanted))
      needles_.push_back('"' + **wanted + '"');
  }
  if (query.action_id)
    matches_all_ = false;
  if (query.text && !query.text->empty()) {
    matches_all_ = false;
    texts_.push_back(folded(*query.text));
    auto escaped = dump(json(*query.text));
    escaped = folded(escaped.substr(1, escaped.size() - 2));
    if (escaped != texts_.front())
      texts_.push_back(std::move(escaped));
  }
}

bool event_filter::text_in(std::string_view bytes) const {
  if (texts_.empty())
    return true;
  return std::ranges::any_of(texts_, [&](const std::string& text) {
    return !std::ranges::search(bytes, text, {}, fold).empty();
  });
}

bool event_filter::may_match(std::string_view stored_bytes) const {
  return std::ranges::all_of(needles_,
                             [&](const std::string& needle) {
                               return stored_bytes.find(needle) !=
                                      std::string_view::npos;
                             }) &&
         text_in(stored_bytes);
}

bool event_filter::matches(const audit_event& event) const {
  return equal(query_.action_type, event.action_type) &&
         equal(query_.status, event.status) &&
         equal(query_.level, event.level) &&
         equal(query_.user, event.user.id) &&
         (!query_.outcome || query_.outcome == event.outcome) &&
         (!query_.action_id || query_.action_id == event.action_id) &&
         (texts_.empty() || text_in(event.details.str()));
}

}  // namespace closedpaw::audit
