#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "actors/providers/codec/stream_decoder.hpp"
#include "messages/model/chat.hpp"

namespace closedpaw::providers::codec {

/// More in one answer are not believed: each costs many times its bytes.
inline constexpr std::size_t max_calls = 256;

/// Reads the calls of OpenAI's "tool_calls" in a whole answer's message. False
/// for what is no call, or too many.
bool take_calls(const json& message, chat_reply& out);

/// The same for a stream's delta: there a call comes with its id and name, and
/// its arguments follow in pieces.
bool take_call_pieces(const json& delta, partial_reply& out);

/// A function's "arguments": JSON in a text or, as some write it, as it is.
std::string arguments_text(const json& function);

/// The id, if it has no other characters than these and, unless that is 0, the
/// length; else what a hash makes of it. The same for the same id, so that a
/// call that another vendor made and its result stay together.
std::string fitting_call_id(const std::string& id, std::string_view allowed,
                            std::size_t length);

}  // namespace closedpaw::providers::codec
