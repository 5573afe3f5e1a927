#pragma once

#include <memory>

#include "http/client/job.hpp"
#include "http/client/tls_context.hpp"
#include "http/client/websocket.hpp"

/// What client.cpp needs of websocket.cpp, which alone includes Beast's part.
namespace closedpaw::http::client_detail {

std::shared_ptr<websocket::connection_state> make_websocket_state(
    const executor_type& executor, websocket_request request,
    websocket_events events);

/// Connects, converses, and says how it ended.
task<websocket_end> run_websocket(
    std::shared_ptr<websocket::connection_state> s, std::shared_ptr<job> j,
    const client_options& options, const tls_setup& tls);

void cancel(const std::shared_ptr<websocket::connection_state>& s);
void end(const std::shared_ptr<websocket::connection_state>& s,
         websocket_end how);
const websocket_request& request_of(
    const std::shared_ptr<websocket::connection_state>& s);

}  // namespace closedpaw::http::client_detail
