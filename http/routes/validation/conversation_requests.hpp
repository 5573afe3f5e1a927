#pragma once

#include "http/routes/route.hpp"
#include "http/routes/validation/field_errors.hpp"
#include "messages/model/command.hpp"

namespace closedpaw::http {

inline constexpr std::uint32_t most_turns_read = 200;

/// POST /api/channels/{name}/messages
checked<post_to_channel> check_post(const request& r, std::string_view channel);

/// GET /api/channels/{name}/messages
checked<read_conversation> check_reading(const request& r,
                                         std::string_view channel);

}  // namespace closedpaw::http
