#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "http/server/exchange.hpp"
#include "messages/model/command.hpp"
#include "messages/model/live_state.hpp"

namespace closedpaw::http {

/// What a route does to the system, and so who may call it. Recorded and shown
/// (`x-access` in the OpenAPI document). What `owner` may call gives others
/// what only an owner has: it needs admin, act and approve.
enum class access : std::uint8_t { public_, read, act, approve, admin, owner };

std::string_view to_string(access x);

/// The decoded parts of the path that a pattern names, in its order.
using path_params = std::vector<std::pair<std::string_view, std::string>>;

/// The value of a parameter that the pattern has; empty if it has not.
std::string_view param(const path_params& params, std::string_view name);

/// An answer, or a command that the gateway has to have executed.
using outcome = std::variant<response, command>;

/// Runs on the event loop's thread: must not block and must not throw.
using route_handler = std::function<outcome(const request&, const path_params&,
                                            const live_state&)>;

/// One row of the route table.
struct route {
  method verb = method::get;
  /// "/api/actions/{id}/approve"; "{path...}" takes the rest of the path.
  std::string pattern;
  access level = access::read;
  route_handler handle;
  /// Makes its OpenAPI operation, once the document is asked for; null keeps
  /// the route out of that.
  json (*operation)() = nullptr;
};

}  // namespace closedpaw::http
