// What keeps secrets out of the audit log costs on the way in, for 1 KiB.
#include <benchmark/benchmark.h>

#include "messages/model/redaction.hpp"

namespace closedpaw::benchmarks {

namespace {

std::string text_of_a_kilobyte() {
  std::string out;
  while (out.size() < 1024)
    out += "the quick brown fox jumps over the lazy dog; ";
  return out;
}

void redaction(benchmark::State& state, const std::string& text) {
  for ([[maybe_unused]] auto _ : state)
    benchmark::DoNotOptimize(holds_secret(text) ? redact(text) : text);
}

BENCHMARK_CAPTURE(redaction, nothing_secret, text_of_a_kilobyte());
BENCHMARK_CAPTURE(redaction, a_password,
                  text_of_a_kilobyte() + "password=hunter22");

}  // namespace

}  // namespace closedpaw::benchmarks
