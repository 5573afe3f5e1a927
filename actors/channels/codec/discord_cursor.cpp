#include "actors/channels/codec/discord_cursor.hpp"

#include <algorithm>

#include "messages/model/json_fields.hpp"

namespace closedpaw::channels::codec::discord {

void session_cursor::note(const std::string& conversation,
                          const std::string& message) {
  constexpr std::size_t most = 64;
  std::erase_if(last, [&](const auto& x) { return x.first == conversation; });
  last.emplace_front(conversation, message);
  if (last.size() > most)
    last.pop_back();
}

void session_cursor::miss_all() {
  for (const auto& x : last)
    if (std::ranges::find(missed, x.first, [](const auto& m) {
          return m.first;
        }) == missed.end())
      missed.push_back(x);
}

namespace {

json list_of(const std::deque<std::pair<std::string, std::string>>& pairs) {
  json out = json::array();
  for (const auto& [conversation, message] : pairs)
    out.push_back({conversation, message});
  return out;
}

void read_list(const json& row, const char* name,
               std::deque<std::pair<std::string, std::string>>& to) {
  if (const auto* list = array_in(row, name))
    for (const auto& x : *list)
      if (x.is_array() && x.size() == 2 && x[0].is_string() && x[1].is_string())
        to.emplace_back(x[0].get<std::string>(), x[1].get<std::string>());
}

}  // namespace

std::string to_text(const session_cursor& x) {
  return dump({{"session", x.session},
               {"url", x.resume_url},
               {"seq", x.sequence},
               {"own_id", x.own_id},
               {"last", list_of(x.last)},
               {"missed", list_of(x.missed)}});
}

session_cursor cursor_from(std::string_view text) {
  session_cursor out;
  const auto row = parse_json(text);
  if (!row || !row->is_object())
    return out;
  out.session = text_or_empty(*row, "session");
  out.resume_url = text_or_empty(*row, "url");
  out.sequence = count_or_zero(*row, "seq");
  out.own_id = text_or_empty(*row, "own_id");
  read_list(*row, "last", out.last);
  read_list(*row, "missed", out.missed);
  return out;
}

}  // namespace closedpaw::channels::codec::discord
