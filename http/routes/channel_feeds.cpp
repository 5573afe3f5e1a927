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

void channel_feeds::each(const std::function<void(event_hub&)>& f) {
  const std::lock_guard lock{mutex_};
  for (auto& [channel, hub] : hubs_)
    f(*hub);
}

void channel_feeds::heartbeat() {
  each([](event_hub& hub) { hub.heartbeat(); });
}

void channel_feeds::close_all() {
  each([](event_hub& hub) { hub.close_all(); });
  const std::lock_guard lock{mutex_};
  closed_ = true;
}

}  // namespace closedpaw::http
