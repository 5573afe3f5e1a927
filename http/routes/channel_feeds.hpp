#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "http/routes/event_hub.hpp"

namespace closedpaw::http {

/// What is said on each channel, for those who follow it
/// (GET /api/channels/{name}/stream). Thread-safe.
class channel_feeds {
 public:
  explicit channel_feeds(timestamp started_at) : started_at_{started_at} {}

  /// The channel's own; it lives as long as this.
  event_hub& of(const std::string& channel);
  /// The channel is gone: what was said on it is not for its successor.
  void forget(const std::string& channel);
  void heartbeat();
  void close_all();

 private:
  const timestamp started_at_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<event_hub>> hubs_;
  bool closed_ = false;
};

}  // namespace closedpaw::http
