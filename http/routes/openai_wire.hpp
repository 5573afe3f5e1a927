#pragma once

#include <memory>

#include "http/routes/chat_stream.hpp"
#include "http/routes/validation/field_errors.hpp"

/// OpenAI's chat completions (platform.openai.com/docs/api-reference/chat), as
/// its SDKs speak it to us.
namespace closedpaw::http {

/// POST /v1/chat/completions. What we cannot carry out (tools, several choices,
/// images) is refused by name and never ignored; what changes nothing (user,
/// metadata, …) is accepted.
checked<run_chat> check_completion(const request& r);

/// A chat.completion, or the error of an action that ended badly.
response render_completion(const action& row);

/// {"error": {"message", "type", "param", "code"}} with our status.
response openai_error(const failure& why, json param = nullptr);

/// chat.completion.chunk events, then [DONE].
std::unique_ptr<chat_writer> completion_writer(const run_chat& asked,
                                               timestamp now);

}  // namespace closedpaw::http
