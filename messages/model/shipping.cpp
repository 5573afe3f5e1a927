#include "messages/model/shipping.hpp"

namespace closedpaw {

json to_json(const shipper_view& x, std::uint64_t log_size) {
  const auto time_or_null = [](const std::optional<timestamp>& t) {
    return t ? json(to_iso8601(*t)) : json{};
  };
  const bool fails = !x.trouble.empty() || !x.metrics_trouble.empty();
  return {{"name", x.name},
          {"type", x.type},
          {"target", x.target},
          {"state", fails ? "failing" : "shipping"},
          {"next_sequence", x.next},
          {"behind_events", events_behind(x, log_size)},
          {"shipped", x.shipped},
          {"failed_attempts", x.failed},
          {"dropped", x.dropped},
          {"last_shipped", time_or_null(x.last_shipped)},
          {"trouble", x.trouble.empty() ? json{} : json(x.trouble)},
          {"trouble_since", time_or_null(x.trouble_since)},
          {"metrics_trouble",
           x.metrics_trouble.empty() ? json{} : json(x.metrics_trouble)}};
}

}  // namespace closedpaw
