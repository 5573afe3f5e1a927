#include "http/server/server_core.hpp"

#include <utility>

namespace closedpaw::http {

std::string_view to_string(refused_by x) {
  switch (x) {
    case refused_by::peer:
      return "peer";
    case refused_by::policy:
      return "policy";
    case refused_by::malformed:
      return "malformed";
    case refused_by::too_large:
      return "too_large";
    case refused_by::slow_client:
      return "slow_client";
    case refused_by::overload:
      return "overload";
    case refused_by::deadline:
      return "deadline";
    case refused_by::unknown_peer:
      return "unknown_peer";
  }
  return "malformed";
}

server_counters server_core::counters() const {
  server_counters out;
  out.connections = connections();
  out.streams = streams;
  out.in_flight = in_flight;
  out.accepted_total = accepted_total;
  out.requests_total = requests_total;
  out.accept_errors_total = accept_errors_total;
  for (std::size_t i = 0; i < refused_by_count; ++i)
    out.refused_total[i] = refused_total[i];
  return out;
}

void server_core::add(session* key, std::weak_ptr<session> value) {
  const std::lock_guard lock{mutex_};
  sessions_.emplace(key, std::move(value));
}

void server_core::remove(session* key) {
  std::vector<std::function<void()>> callbacks;
  {
    const std::lock_guard lock{mutex_};
    if (sessions_.erase(key) == 0 || !sessions_.empty())
      return;
    callbacks.swap(on_empty_);
  }
  for (const auto& callback : callbacks)
    callback();
}

std::size_t server_core::connections() const {
  const std::lock_guard lock{mutex_};
  return sessions_.size();
}

std::vector<std::shared_ptr<session>> server_core::sessions() const {
  std::vector<std::shared_ptr<session>> out;
  const std::lock_guard lock{mutex_};
  out.reserve(sessions_.size());
  for (const auto& [key, value] : sessions_)
    if (auto alive = value.lock())
      out.push_back(std::move(alive));
  return out;
}

void server_core::when_empty(std::function<void()> callback) {
  {
    const std::lock_guard lock{mutex_};
    if (!sessions_.empty()) {
      on_empty_.push_back(std::move(callback));
      return;
    }
  }
  callback();
}

}  // namespace closedpaw::http
