#include "actors/monitoring/metrics/live_families.hpp"

namespace closedpaw::monitoring {

void add_shippers(const live_state& live, timestamp now, families& out) {
  auto up = family::gauge("closedpaw_shipper_up",
                          "1 while the target takes events and metrics");
  auto behind = family::gauge("closedpaw_shipper_behind_events",
                              "Events that the target does not have yet");
  auto stuck = family::gauge("closedpaw_shipper_stuck_seconds",
                             "For how long the target has taken nothing that "
                             "was there for it");
  auto shipped = family::counter("closedpaw_shipper_events_total",
                                 "Events that the target took");
  auto failed = family::counter("closedpaw_shipper_failures_total",
                                "Attempts to ship that failed");
  auto dropped =
      family::counter("closedpaw_shipper_dropped_events_total",
                      "Events that were left out: the target refused "
                      "them for good, or they cannot be read");
  const auto size = live.log_size.load();
  for (const auto& place : live.shippers) {
    const auto x = place->get();
    const label_list who{{"shipper", x->name}, {"type", x->type}};
    const bool works = x->trouble.empty() && x->metrics_trouble.empty() &&
                       !place->stale_since();
    up.add(who, works ? 1.0 : 0.0);
    behind.add(who, events_behind(*x, size));
    stuck.add(who,
              x->trouble_since ? seconds_of(now - *x->trouble_since) : 0.0);
    shipped.add(who, x->shipped);
    failed.add(who, x->failed);
    dropped.add(who, x->dropped);
  }
  for (auto* f : {&up, &behind, &stuck, &shipped, &failed, &dropped})
    std::move(*f).to(out);
}

}  // namespace closedpaw::monitoring
