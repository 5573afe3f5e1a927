// The limit that our in-process figures stand beside: CAF's own request and
// response, its send, and its spawn.
#include <benchmark/benchmark.h>

#include <caf/event_based_actor.hpp>

#include "benchmarks/floors/caf_as_ours.hpp"
#include "benchmarks/in_process/closed_loop.hpp"

namespace closedpaw::benchmarks {

namespace {

struct caf_alone {
  caf_as_ours config;
  caf::actor_system system{config};
};

void caf_request(benchmark::State& state) {
  caf_alone caf;
  load_shape shape;
  shape.producers = static_cast<std::uint32_t>(state.range(0));
  shape.window = static_cast<std::uint32_t>(state.range(1));
  shape.requests = 65'536;
  const caf::actor target = caf.system.spawn(
      [] { return caf::behavior{[](std::uint64_t x) { return x; }}; });
  for ([[maybe_unused]] auto _ : state)
    state.SetIterationTime(
        closed_loop<std::uint64_t>(caf.system, target, std::uint64_t{1}, shape)
            .count());
  state.SetItemsProcessed(
      static_cast<std::int64_t>(state.iterations() * shape.requests));
  caf::anon_send_exit(target, caf::exit_reason::user_shutdown);
}

void caf_send(benchmark::State& state) {
  constexpr std::uint64_t messages = 262'144;
  caf_alone caf;
  caf::scoped_actor self{caf.system};
  const auto asker = caf::actor_cast<caf::actor>(self);
  for ([[maybe_unused]] auto _ : state) {
    const auto target =
        caf.system.spawn([asker](caf::event_based_actor* me) -> caf::behavior {
          return {[me, asker](std::uint64_t x) {
            if (x == messages) {
              me->send(asker, x);
              me->quit();
            }
          }};
        });
    const auto begin = std::chrono::steady_clock::now();
    for (std::uint64_t i = 1; i <= messages; ++i)
      caf::anon_send(target, i);
    self->receive([](std::uint64_t) {});
    state.SetIterationTime(
        std::chrono::duration<double>{std::chrono::steady_clock::now() - begin}
            .count());
  }
  state.SetItemsProcessed(
      static_cast<std::int64_t>(state.iterations() * messages));
}

void caf_spawn(benchmark::State& state) {
  caf_alone caf;
  for ([[maybe_unused]] auto _ : state) {
    const auto x = caf.system.spawn(
        [] { return caf::behavior{[](std::uint64_t n) { return n; }}; });
    caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

BENCHMARK(caf_request)
    ->ArgNames({"producers", "window"})
    ->Args({1, 1})
    ->Args({1, 32})
    ->Args({1, 256})
    ->Args({64, 1})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(caf_send)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(caf_spawn);

}  // namespace

}  // namespace closedpaw::benchmarks
