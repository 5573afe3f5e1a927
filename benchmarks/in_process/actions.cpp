// Actions from their submission to their completion, without HTTP.
#include <benchmark/benchmark.h>

#include "benchmarks/in_process/closed_loop.hpp"
#include "benchmarks/in_process/daemon_tree.hpp"
#include "benchmarks/in_process/standard_action.hpp"

namespace closedpaw::benchmarks {

namespace {

void actions(benchmark::State& state, config::durability mode) {
  load_shape shape;
  shape.producers = static_cast<std::uint32_t>(state.range(0));
  shape.window = static_cast<std::uint32_t>(state.range(1));
  shape.requests = mode == config::durability::sync ? 2'048 : 16'384;
  daemon_tree tree{mode};
  const auto target = *tree.parts().orchestrator->get();
  const auto request = standard_action();
  for ([[maybe_unused]] auto _ : state)
    state.SetIterationTime(
        closed_loop<submitted>(tree.system(), target, request, shape).count());
  state.SetItemsProcessed(
      static_cast<std::int64_t>(state.iterations() * shape.requests));
  state.counters["actions_per_commit"] = tree.actions_per_commit();
}

// The first with one in flight each, as clients have that wait for an answer.
BENCHMARK_CAPTURE(actions, async, config::durability::async)
    ->ArgNames({"producers", "window"})
    ->Args({1, 1})
    ->Args({4, 1})
    ->Args({16, 1})
    ->Args({64, 1})
    ->Args({1, 32})
    ->Args({1, 256})
    ->Args({4, 64})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(actions, sync, config::durability::sync)
    ->ArgNames({"producers", "window"})
    ->Args({1, 1})
    ->Args({4, 1})
    ->Args({16, 1})
    ->Args({64, 1})
    ->Args({256, 1})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace

}  // namespace closedpaw::benchmarks
