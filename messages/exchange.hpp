#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <chrono>
#include <memory>
#include <vector>

#include "http/server/exchange.hpp"
#include "messages/model/command.hpp"

namespace closedpaw {

/// One HTTP request on its way through the gateway. Process-local by nature:
/// it holds the session's reply slot. Only sessions and the gateway see it.
struct exchange {
  command what;
  command_context context;
  http::reply_slot reply;
  std::chrono::steady_clock::time_point deadline;
};

using exchange_ptr = std::shared_ptr<exchange>;

/// What arrived in one turn of the server's event loop: one message, and one
/// wake-up, for all of it.
using exchange_batch = std::shared_ptr<std::vector<exchange_ptr>>;

}  // namespace closedpaw

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(closedpaw::exchange_batch)
