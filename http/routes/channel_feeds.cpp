#include "http/routes/channel_feeds.hpp"

namespace closedpaw::http {

event_hub& channel_feeds::of(const std::string& channel) {
  const std::lock_guard lock{mutex_};
  auto& hub = hubs_[channel];
  if (!hub) {
    hub = std::make_unique<event_hub>(started_at_);
    if (closed_)
      hub->close_all();
  }
  return *hub;
}

void channel_feeds::heartbeat() {
  const std::lock_guard lock{mutex_};
  for (auto& [channel, hub] : hubs_)
    hub->heartbeat();
}

void channel_feeds::forget(const std::string& channel) {
  const std::lock_guard lock{mutex_};
  // Streams that are being opened refer to it.
  if (const auto it = hubs_.find(channel); it != hubs_.end())
    it->second->clear();
}

void channel_feeds::close_all() {
  const std::lock_guard lock{mutex_};
  closed_ = true;
  for (auto& [channel, hub] : hubs_)
    hub->close_all();
}

}  // namespace closedpaw::http
