#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "actors/security/request_policy.hpp"
#include "http/server/listener.hpp"

namespace closedpaw::http {

class session;

/// What the listener and its sessions share. Internal to http/server.
struct server_core {
  using counter = std::atomic<std::uint64_t>;

  server_options options;
  request_handler handler;
  security::policy ours;
  /// Of those from elsewhere.
  security::policy ours_remotely;
  uid_t own_uid = 0;
  bool allow_root = false;
  std::uint16_t port = 0;

  /// No new request is begun.
  std::atomic<bool> draining{false};
  counter streams{0};
  counter in_flight{0};
  counter accepted_total{0};
  counter requests_total{0};
  counter accept_errors_total{0};
  std::array<counter, refused_by_count> refused_total{};

  void count(refused_by cause) {
    refused_total[static_cast<std::size_t>(cause)].fetch_add(
        1, std::memory_order_relaxed);
  }
  server_counters counters() const;

  void add(session* key, std::weak_ptr<session> value);
  /// Calls `on_empty` if it was the last one.
  void remove(session* key);
  std::size_t connections() const;
  std::vector<std::shared_ptr<session>> sessions() const;
  /// Each is called once, now or when the last session is removed.
  void when_empty(std::function<void()> callback);

 private:
  mutable std::mutex mutex_;
  std::unordered_map<session*, std::weak_ptr<session>> sessions_;
  std::vector<std::function<void()>> on_empty_;
};

}  // namespace closedpaw::http
