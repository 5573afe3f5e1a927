#pragma once

#include "http/routes/route.hpp"
#include "http/routes/validation/field_errors.hpp"
#include "messages/model/command.hpp"

namespace closedpaw::http {

/// POST /api/channels/register: the original's query and list of users, or an
/// object with what else we know.
checked<register_channel> check_channel(const request& r);

/// POST /api/channels/start|stop
checked<switch_channels> check_switch(const request& r, bool started);

/// POST /api/channels/{name}/bind-user
checked<bind_channel_user> check_binding(const request& r,
                                         std::string_view channel);

/// POST /api/channels/pair
checked<confirm_pairing> check_pairing(const request& r);

/// POST /api/channels/{name}/send
checked<send_to_channel> check_message(const request& r,
                                       std::string_view channel);

}  // namespace closedpaw::http
