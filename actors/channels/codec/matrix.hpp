#pragma once

#include <memory>

#include "actors/channels/codec/service.hpp"

namespace closedpaw::channels::codec::matrix {

/// Matrix's /sync as a long poll, its token as the cursor; a sync that returned
/// is the proof of life. Invitations are accepted, so that strangers can be
/// shown a code. A room of two is private. Encrypted rooms cannot be read, and
/// whoever writes there is told so.
std::unique_ptr<service> make(service_options options);

}  // namespace closedpaw::channels::codec::matrix
