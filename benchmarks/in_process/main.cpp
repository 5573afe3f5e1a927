// closedpaw-bench: what the daemon's parts do without HTTP, beside what CAF and
// LMDB do alone; see --help.
#include <benchmark/benchmark.h>

#include "config/settings.hpp"
#include "messages/log.hpp"

int main(int argc, char** argv) {
  using namespace closedpaw;
  config::log_settings quiet;
  // An actor that is made to crash is an error, and ours.
  quiet.level = config::log_level::off;
  log::configure(quiet);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return 2;
  return benchmark::RunSpecifiedBenchmarks() == 0 ? 1 : 0;
}
