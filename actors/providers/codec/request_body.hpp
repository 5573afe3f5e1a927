#pragma once

#include <optional>
#include <string>

#include "messages/model/http_message.hpp"
#include "messages/model/json_text.hpp"
#include "messages/model/provider.hpp"

namespace closedpaw::providers::codec {

/// A JSON request to `path` on behalf of `q`: carries its id as X-Request-Id,
/// and accepts what it expects.
http_request post_json(std::string path, const json_text& body,
                       const chat_request& q,
                       std::string accept = "application/json");

template <class T>
void set_if(json& body, const char* name, const std::optional<T>& value) {
  if (value) {
    body[name] = *value;
  }
}

/// What a vendor that takes instructions apart from the conversation is given:
/// the texts of all "system" and "developer" messages, one paragraph each.
std::string instructions(const chat_request& q);
/// OpenAI's: "text", "json_object" or "json_schema".
std::string response_type(const chat_request& q);
/// Of "json_schema"; null for the others.
json response_schema(const chat_request& q);

/// The JSON Schema of a function without parameters.
json no_parameters();

/// Some image is elsewhere.
bool names_an_image(const chat_request& q);

bool is_instruction(const chat_message& x);
/// For vendors that do not know OpenAI's newer name of "system".
std::string plain_role(const chat_message& x);

}  // namespace closedpaw::providers::codec
