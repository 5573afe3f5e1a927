#include "actors/channels/policy/seen.hpp"

#include "actors/channels/policy/records.hpp"

namespace closedpaw::channels {

std::string seen_messages::key_of(const std::string& id) const {
  return prefix_ + key_part(id);
}

void seen_messages::restore(const std::map<std::string, json>& rows) {
  std::map<std::uint64_t, std::string> by_age;
  for (const auto& [key, row] : rows) {
    if (!key.starts_with(prefix_) || !row.is_object())
      continue;
    const auto number = row.find("n");
    const auto id = row.find("id");
    if (number == row.end() || !number->is_number_unsigned() ||
        id == row.end() || !id->is_string())
      continue;
    by_age[number->get<std::uint64_t>()] = id->get<std::string>();
  }
  for (auto& [number, id] : by_age) {
    next_ = number + 1;
    ids_.insert(id);
    order_.push_back(std::move(id));
  }
}

std::vector<registry_change> seen_messages::note(const std::string& id) {
  std::vector<registry_change> out;
  out.push_back({key_of(id), json{{"n", next_++}, {"id", id}}});
  ids_.insert(id);
  order_.push_back(id);
  while (order_.size() > most) {
    out.push_back({key_of(order_.front()), std::nullopt});
    ids_.erase(order_.front());
    order_.pop_front();
  }
  return out;
}

void seen_messages::forget(const std::string& id) {
  if (order_.empty() || order_.back() != id)
    return;
  ids_.erase(id);
  order_.pop_back();
}

}  // namespace closedpaw::channels
