#include "actors/channels/policy/transcript.hpp"

#include <algorithm>

namespace closedpaw::channels {

namespace {

std::string row_key(std::string_view channel, const turn& x) {
  return turns_prefix(channel, x.conversation) + to_string(x.id);
}

// What a row takes in memory besides its texts, roughly.
constexpr std::size_t overhead = 300;

std::size_t cost(const turn& x) {
  return overhead + x.text.size() + x.conversation.size() + x.sender.size() +
         x.delivery.size();
}

}  // namespace

void transcript::restore(const std::map<std::string, json>& rows) {
  for (const auto& [key, row] : rows) {
    const auto id = parse_uuid(key.substr(key.rfind('/') + 1));
    if (!id)
      continue;
    // Not by add(): what is too much has rows, which the next one deletes.
    if (auto x = turn_from(*id, row)) {
      bytes_ += cost(*x);
      by_conversation_[x->conversation].push_back(*id);
      turns_.emplace(*id, std::move(*x));
    }
  }
  for (auto& [conversation, ids] : by_conversation_)
    std::ranges::sort(ids);
}

std::vector<uuid> transcript::overflow(const turn& x) const {
  std::vector<uuid> out;
  auto bytes = bytes_ + cost(x);
  if (const auto it = by_conversation_.find(x.conversation);
      it != by_conversation_.end())
    for (auto left = it->second.size(); left >= limits_.turns_per_conversation;
         --left) {
      out.push_back(it->second[it->second.size() - left]);
      bytes -= cost(turns_.at(out.back()));
    }
  for (auto it = turns_.begin(); it != turns_.end() && bytes > limits_.bytes;
       ++it)
    if (std::ranges::find(out, it->first) == out.end()) {
      out.push_back(it->first);
      bytes -= cost(it->second);
    }
  return out;
}

std::vector<registry_change> transcript::rows_for(const turn& x) const {
  std::vector<registry_change> out;
  out.push_back({row_key(channel_, x), to_row(x)});
  for (const auto& id : overflow(x))
    out.push_back({row_key(channel_, turns_.at(id)), std::nullopt});
  return out;
}

void transcript::add(turn x) {
  for (const auto& id : overflow(x)) {
    const auto it = turns_.find(id);
    bytes_ -= cost(it->second);
    auto& ids = by_conversation_[it->second.conversation];
    std::erase(ids, id);
    if (ids.empty())
      by_conversation_.erase(it->second.conversation);
    turns_.erase(it);
  }
  if (turns_.contains(x.id))
    return;
  bytes_ += cost(x);
  by_conversation_[x.conversation].push_back(x.id);
  turns_.emplace(x.id, std::move(x));
}

std::optional<uuid> transcript::find_delivery(const std::string& conversation,
                                              std::string_view delivery) const {
  const auto ids = by_conversation_.find(conversation);
  if (ids == by_conversation_.end())
    return std::nullopt;
  for (const auto& id : ids->second)
    if (turns_.at(id).delivery == delivery)
      return id;
  return std::nullopt;
}

std::vector<chat_message> transcript::context(
    const std::string& conversation) const {
  std::vector<chat_message> out;
  const auto ids = by_conversation_.find(conversation);
  if (ids == by_conversation_.end())
    return out;
  std::size_t bytes = 0;
  for (auto it = ids->second.rbegin(); it != ids->second.rend(); ++it) {
    const auto& x = turns_.at(*it);
    if (x.begins_anew || out.size() == limits_.context_turns)
      break;
    if (x.from == speaker::system || x.aside)
      continue;
    bytes += x.text.size();
    if (bytes > limits_.context_bytes)
      break;
    out.push_back({std::string{to_string(x.from)}, x.text});
  }
  // A conversation begins with a question; some vendors insist on it.
  while (!out.empty() && out.back().role != to_string(speaker::user))
    out.pop_back();
  std::ranges::reverse(out);
  return out;
}

}  // namespace closedpaw::channels
