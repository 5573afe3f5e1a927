// The floor for our in-process figures: CAF's own request and response between
// two event-based actors, with a window of requests in flight.
//
//   caf_floor [--seconds=2] [--window=32] [--scheduler.policy=sharing …]
//
// Prints one JSON object; `per_second` is what counts.

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

namespace {

using steady = std::chrono::steady_clock;

struct config : caf::actor_system_config {
  config() {
    // As the daemon has it. One thread for each processor, as an action is the
    // work of two threads: alone on one, nobody is ever woken.
    set("scheduler.max-throughput", std::size_t{64});
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads",
        std::size_t{std::max(2U, std::thread::hardware_concurrency())});
    opt_group{custom_options_, "global"}
        .add(seconds, "seconds", "how long to measure")
        .add(window, "window", "requests in flight");
  }
  std::uint32_t seconds = 2;
  std::uint32_t window = 32;
};

caf::behavior echo() {
  return {[](std::uint64_t x) { return x; }};
}

struct requester_state {
  static constexpr const char* name = "requester";
  caf::actor target;
  caf::actor report_to;
  steady::time_point end;
  std::uint64_t answers = 0;
  std::uint64_t in_flight = 0;
  bool over = false;
};

using requester_actor = caf::stateful_actor<requester_state>;

void ask(requester_actor* self) {
  auto& state = self->state;
  ++state.in_flight;
  self->request(state.target, caf::infinite, state.answers)
      .then(
          [self](std::uint64_t) {
            auto& st = self->state;
            --st.in_flight;
            ++st.answers;
            // Reading the clock each time would be part of the figure.
            if (st.answers % 256 == 0)
              st.over = steady::now() >= st.end;
            if (!st.over)
              ask(self);
            else if (st.in_flight == 0)
              self->send(st.report_to, st.answers);
          },
          [self](caf::error& reason) { self->quit(std::move(reason)); });
}

void requester(requester_actor* self, const caf::actor& target,
               const caf::actor& report_to, std::uint32_t seconds,
               std::uint32_t window) {
  self->state.target = target;
  self->state.report_to = report_to;
  self->state.end = steady::now() + std::chrono::seconds(seconds);
  for (std::uint32_t i = 0; i < window; ++i)
    ask(self);
}

}  // namespace

int main(int argc, char** argv) {
  config cfg;
  if (auto error = cfg.parse(argc, argv)) {
    std::cerr << "caf_floor: " << cfg.render(error) << '\n';
    return 2;
  }
  if (cfg.cli_helptext_printed)
    return 0;
  caf::actor_system system{cfg};
  caf::scoped_actor self{system};
  const auto target = system.spawn(echo);
  const auto begin = steady::now();
  self->spawn<caf::monitored>(requester, target,
                              caf::actor_cast<caf::actor>(self), cfg.seconds,
                              cfg.window);
  int status = 0;
  self->receive(
      [&](std::uint64_t answers) {
        const std::chrono::duration<double> elapsed = steady::now() - begin;
        std::cout << nlohmann::json{{"benchmark", "caf_floor"},
                                    {"window", cfg.window},
                                    {"requests", answers},
                                    {"seconds", elapsed.count()},
                                    {"per_second",
                                     static_cast<double>(answers) /
                                         elapsed.count()}}
                         .dump()
                  << '\n';
      },
      [&](const caf::down_msg& down) {
        std::cerr << "caf_floor: " << system.render(down.reason) << '\n';
        status = 1;
      });
  self->send_exit(target, caf::exit_reason::user_shutdown);
  return status;
}
