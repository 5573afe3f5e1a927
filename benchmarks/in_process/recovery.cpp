// From an actor's crash to its next life having proven that it works; the first
// restart, which no backoff delays.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "benchmarks/in_process/daemon_tree.hpp"

namespace closedpaw::benchmarks {

namespace {

using steady = std::chrono::steady_clock;

/// All that need no counterpart outside of this process.
constexpr const char* paths[] = {"root/storage/audit_logger",
                                 "root/storage/store_reader",
                                 "root/storage/vault_keeper",
                                 "root/storage/head_anchor",
                                 "root/channels/router",
                                 "root/channels/webui",
                                 "root/agents/api_caller",
                                 "root/orchestrator",
                                 "root/monitoring/health",
                                 "root/monitoring/notifier",
                                 "root/monitoring/recorder",
                                 "root/monitoring/alert_watch",
                                 "root/gateway"};

double quantile_us(std::vector<double>& seconds, double q) {
  const auto at =
      static_cast<std::ptrdiff_t>(q * static_cast<double>(seconds.size() - 1));
  std::nth_element(seconds.begin(), seconds.begin() + at, seconds.end());
  return seconds[static_cast<std::size_t>(at)] * 1e6;
}

void recovery(benchmark::State& state, const std::string& path) {
  daemon_tree tree{config::durability::sync};
  const auto where = tree.parts().nodes->find(path);
  if (!where)
    throw std::runtime_error{"no node is at " + path};
  const auto runs = [&] { return where->state() == node_state::running; };
  std::vector<double> all;
  for ([[maybe_unused]] auto _ : state) {
    // Longer than quiet_reset, so that it is a first one again.
    std::this_thread::sleep_for(std::chrono::milliseconds{3});
    const auto life = where->incarnation();
    const auto begin = steady::now();
    must(wiring::inject(tree.parts(), path, fault_kind::throw_));
    while (where->incarnation() == life || !runs()) {
      std::this_thread::sleep_for(std::chrono::microseconds{20});
      if (steady::now() - begin > std::chrono::seconds{10})
        throw std::runtime_error{path + " does not recover"};
    }
    all.push_back(std::chrono::duration<double>{steady::now() - begin}.count());
    state.SetIterationTime(all.back());
  }
  state.counters["p50_us"] = quantile_us(all, 0.5);
  state.counters["p99_us"] = quantile_us(all, 0.99);
}

const bool registered = [] {
  for (const std::string path : paths)
    benchmark::RegisterBenchmark(
        ("recovery/" + path.substr(path.find('/') + 1)).c_str(), recovery, path)
        ->UseManualTime()
        ->Iterations(300)
        ->Unit(benchmark::kMicrosecond);
  return true;
}();

}  // namespace

}  // namespace closedpaw::benchmarks
