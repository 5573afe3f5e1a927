#pragma once

#include <string>
#include <string_view>

#include "http/server/exchange.hpp"
#include "messages/model/json_text.hpp"

namespace closedpaw::http {

/// 200 unless said otherwise, with the value as its body.
response json_reply(const json& body, unsigned status = 200);
/// 200 with what was written already.
response json_text_reply(const json_text& body);

/// 200 with a text of that media type.
response text_reply(std::string_view media_type, std::string body);

/// error_response for a code and a sentence, with further members if any.
response refuse(errc code, std::string message, const json& extra = nullptr);

}  // namespace closedpaw::http
