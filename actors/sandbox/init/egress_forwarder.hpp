#pragma once

#include <cstdint>

namespace closedpaw::sandbox {

/// Where programs in a sandbox with a network find it, on 127.0.0.1.
inline constexpr std::uint16_t egress_port = 3'128;

/// Passes what connects to egress_port on to the proxy's socket, in a child
/// process that ends with this one, and names it in the environment
/// (HTTPS_PROXY and its like) of whatever is run next. Throws what
/// boost::system::system_error there is.
void start_egress(const char* socket);

}  // namespace closedpaw::sandbox
