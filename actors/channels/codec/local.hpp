#pragma once

#include <memory>

#include "actors/channels/codec/service.hpp"

namespace closedpaw::channels::codec::local {

/// A channel whose users come to us: a page of this machine, a terminal. What
/// is said is shown by being recorded, so the exchange that proves it is
/// reading what is recorded.
std::unique_ptr<service> make(service_options options);

}  // namespace closedpaw::channels::codec::local
