// The limit that the store stands beside: LMDB alone, committing the records
// that our own actions have left, as many actions in each transaction.
#include <benchmark/benchmark.h>

#include "benchmarks/floors/stored_records.hpp"
#include "benchmarks/in_process/closed_loop.hpp"
#include "benchmarks/in_process/daemon_tree.hpp"
#include "benchmarks/in_process/standard_action.hpp"

namespace closedpaw::benchmarks {

namespace {

const stored_records& records_of_actions() {
  static const stored_records records = [] {
    daemon_tree tree{config::durability::async};
    closed_loop<submitted>(tree.system(), *tree.parts().orchestrator->get(),
                           standard_action(), {1, 32, 4'096});
    tree.stop();
    return stored_records::read(tree.folder());
  }();
  return records;
}

void lmdb(benchmark::State& state, bool synced) {
  const auto batch = static_cast<std::size_t>(state.range(0));
  const auto& records = records_of_actions();
  const scratch where;
  bare_lmdb floor{where.path(), records, synced};
  for ([[maybe_unused]] auto _ : state)
    floor.commit(batch);
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) *
                          state.range(0));
}

// Powers of two, which divide the number of records.
BENCHMARK_CAPTURE(lmdb, async, false)
    ->ArgName("batch")
    ->RangeMultiplier(2)
    ->Range(1, 256);
BENCHMARK_CAPTURE(lmdb, sync, true)
    ->ArgName("batch")
    ->RangeMultiplier(2)
    ->Range(1, 256)
    ->UseRealTime();

}  // namespace

}  // namespace closedpaw::benchmarks
