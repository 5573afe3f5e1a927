#include "actors/monitoring/health.hpp"

#include "actors/monitoring/degradation.hpp"

namespace closedpaw::monitoring {

namespace {

constexpr std::chrono::milliseconds look_interval{500};

struct health_state {
  static constexpr const char* name = "health";
  using self_pointer = supervision::self_ptr<health_actor, health_state>;
  explicit health_state(self_pointer) {}
};

// True if something changed.
bool look(live_state& live) {
  auto causes = degraded_because(live, live.tree(), live.now());
  const auto shown = live.health.get();
  if (shown->degraded_because == causes && !live.health.stale_since())
    return false;
  live.health.publish({std::move(causes)});
  return true;
}

health_actor::behavior_type behaviour(health_state::self_pointer self,
                                      live_state* live,
                                      const std::function<void()>& looked) {
  self->send(self, sweep_atom::value);
  return {
      [=](check_atom) {
        look(*live);
        const auto n = live->health.get()->degraded_because.size();
        return "evaluated; " + std::to_string(n) + " causes of degradation";
      },
      [=](sweep_atom) {
        look(*live);
        looked();
        self->delayed_send(self, look_interval, sweep_atom::value);
      },
  };
}

}  // namespace

health_actor spawn_health(caf::scheduled_actor* parent,
                          supervision::incarnation life, live_state* live,
                          std::function<void()> looked) {
  return supervision::spawn_worker<health_actor, health_state>(
      parent, std::move(life), false,
      [live, looked = std::move(looked)](health_state::self_pointer self) {
        return behaviour(self, live, looked);
      });
}

}  // namespace closedpaw::monitoring
