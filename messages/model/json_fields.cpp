#include "messages/model/json_fields.hpp"

#include <algorithm>

namespace closedpaw {

const json* member(const json& object, const char* name, json::value_t wanted) {
  if (!object.is_object()) {
    return nullptr;
  }
  auto found = object.find(name);
  return found != object.end() && found->type() == wanted ? &*found : nullptr;
}

const json* object_in(const json& object, const char* name) {
  return member(object, name, json::value_t::object);
}

const json* array_in(const json& object, const char* name) {
  return member(object, name, json::value_t::array);
}

const std::string* text_in(const json& object, const char* name) {
  const auto* found = member(object, name, json::value_t::string);
  return found ? &found->get_ref<const std::string&>() : nullptr;
}

std::string text_or_empty(const json& object, const char* name) {
  const auto* found = text_in(object, name);
  return found ? *found : std::string{};
}

std::uint64_t count_or_zero(const json& object, const char* name) {
  const auto* found = member(object, name, json::value_t::number_unsigned);
  return found ? std::min(found->get<std::uint64_t>(), most_counted) : 0;
}

}  // namespace closedpaw
