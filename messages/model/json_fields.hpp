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
/// What JSON's numbers hold exactly everywhere (RFC 8259 section 6), so that
/// sums of a few do not wrap.
inline constexpr std::uint64_t most_counted = (std::uint64_t{1} << 53) - 1;

/// At most `most_counted`.
std::uint64_t count_or_zero(const json& object, const char* name);

}  // namespace closedpaw
