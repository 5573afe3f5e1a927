#pragma once

#include "messages/model/error.hpp"

namespace closedpaw::http {

/// {"message", "type", "param", "code"}, which OpenAI's clients look for in the
/// "error" of an answer (platform.openai.com/docs/guides/error-codes), and an
/// "action_id" where the failure has one. Secrets are redacted.
json openai_error_member(const failure& why, json param = nullptr);

}  // namespace closedpaw::http
