#pragma once

#include <string>
#include <vector>

#include "messages/model/chat.hpp"

namespace closedpaw::providers::codec {

/// Reads the calls of OpenAI's "tool_calls" in `from`, or what a stream's delta
/// adds to `out`: there a call comes with its id and name, and its arguments
/// follow under its index. False for what is no call.
bool take_calls(const json& from, std::vector<tool_call>& out);

/// A function's "arguments": JSON in a text or, as some write it, as it is.
std::string arguments_text(const json& function);

}  // namespace closedpaw::providers::codec
