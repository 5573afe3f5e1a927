#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <vector>

#include "http/client/connection.hpp"
#include "http/client/lookups.hpp"
#include "http/client/tls_context.hpp"

namespace closedpaw::http::client_detail {

/// The addresses to try, in order. Addresses are taken as they are, localhost
/// is loopback without a look-up (RFC 6761 section 6.3), the rest is resolved.
/// A look-up that hangs does not outlast the job's deadline.
task<result<endpoints>> resolve(job& j);

/// Tries each address in turn; one that does not react leaves the others their
/// share of the connect timeout.
task<result<std::shared_ptr<connection>>> connect_any(
    job& j, const client_options& options, const endpoints& addresses);

/// Resolve, connect and, for https, the handshake with `tls`.
task<result<std::shared_ptr<connection>>> dial(job& j,
                                               const client_options& options,
                                               const tls_setup& tls);

}  // namespace closedpaw::http::client_detail
