#pragma once

#include <memory>

#include "actors/channels/codec/service.hpp"

namespace closedpaw::channels::codec::telegram {

/// Long polling of Telegram's Bot API: getMe once, getUpdates without end, its
/// offset as the cursor; sendMessage, one after the other. A poll that returned
/// is the proof of life, whatever getMe says.
std::unique_ptr<service> make(service_options options);

}  // namespace closedpaw::channels::codec::telegram
