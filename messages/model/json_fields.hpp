#pragma once

#include <cstdint>
#include <string>

#include "messages/model/json.hpp"

/// Reading foreign JSON: what is absent or of another type is simply not there.
namespace closedpaw {

/// The member if it has the wanted type, else null.
const json* member(const json& object, const char* name, json::value_t wanted);

const json* object_in(const json& object, const char* name);
const json* array_in(const json& object, const char* name);
/// Null unless it is a text.
const std::string* text_in(const json& object, const char* name);

std::string text_or_empty(const json& object, const char* name);
std::uint64_t count_or_zero(const json& object, const char* name);

}  // namespace closedpaw
