#pragma once

#include "actors/wiring/front_door.hpp"
#include "actors/wiring/runtime.hpp"
#include "http/server/listener.hpp"

namespace closedpaw::wiring {

/// What [http.remote] says, with the certificate and its key. bad_request names
/// the file that cannot be used, and why. Blocks on the disk.
result<http::remote_options> remote_options_of(const runtime& r);

/// Both files again, after a signal; what is wrong with them is logged, and the
/// old ones stay.
void renew_identity(runtime& r, http::server& server);

/// Browsers' sessions, whose streams end with them.
void serve_logins(runtime& r, front_door& door);
/// Those that are over. Any thread.
void end_old_logins(runtime& r, front_door& door);

/// Ends the streams of other machines where a token has come to its end since
/// `looked`, and moves that on.
void end_expired(const runtime& r, timestamp& looked);

}  // namespace closedpaw::wiring
