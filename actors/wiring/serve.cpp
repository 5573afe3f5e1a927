#include "actors/wiring/serve.hpp"

#include <sys/prctl.h>
#include <sys/stat.h>

#include <cstdio>

#include "actors/wiring/daemon.hpp"
#include "actors/wiring/signals.hpp"
#include "messages/log.hpp"

namespace closedpaw::wiring {

namespace {

config::sources sources_of(const cli::serve_options& o) {
  config::sources from;
  if (o.config)
    from.file = *o.config;
  from.set = o.set;
  from.listen = o.listen;
  from.data_dir = o.data_dir;
  from.log_format = o.log_format;
  from.env = config::process_environment();
  return from;
}

void harden_process() {
  umask(077);
  // Memory may hold what people wrote; it is not to be dumped to a disk.
  prctl(PR_SET_DUMPABLE, 0);
}

void announce(const daemon& d) {
  const auto& host = d.host();
  const bool v6 = host.find(':') != std::string::npos;
  std::printf("listening on http://%s%s%s:%u\n", v6 ? "[" : "", host.c_str(),
              v6 ? "]" : "", d.port());
  if (const auto port = d.remote_port())
    std::printf("listening on https://%s\n",
                config::to_string({d.remote_host(), port}).c_str());
  std::fflush(stdout);
}

/// Until the first signal to stop, or the root's end.
void run(daemon& d, const signals& taken) {
  while (!d.stopped()) {
    const int s = taken.wait();
    if (s == SIGHUP)
      d.reload();
    else if (s != SIGUSR1)
      return;
  }
}

/// Until everything has stopped; a second signal ends the process at once.
void stop(daemon& d, const signals& taken) {
  log::info("main", "stopping; a second signal ends the process at once");
  d.begin_stop();
  while (!d.stopped()) {
    const int s = taken.wait_for(std::chrono::milliseconds{200});
    if (s == SIGTERM || s == SIGINT)
      die("a second signal came while stopping");
  }
}

}  // namespace

int serve(const cli::serve_options& options) {
  auto manager = service_manager::from_environment();
  harden_process();
  const signals taken;
  auto from = sources_of(options);
  auto loaded = config::load(from);
  if (!loaded) {
    std::fprintf(stderr, "%s\n", loaded.error().message.c_str());
    return exit_config;
  }
  log::configure(loaded->values.log);
  auto started = daemon::start(std::move(from), std::move(*loaded), manager);
  if (!started) {
    log::error("main", "cannot start: " + started.error().message);
    return 1;
  }
  auto& d = **started;
  announce(d);
  manager.ready("listening on port " + std::to_string(d.port()));
  d.settle();
  run(d, taken);
  if (auto why = d.root_failure())
    die("the root supervisor gave up: " + *why);
  manager.stopping();
  stop(d, taken);
  if (auto done = d.finish(); !done) {
    log::error("main", "stopped, but " + done.error().message);
    return 1;
  }
  // Everything is on the disk; only the actor system cannot be taken down.
  if (const auto hung = d.leaked_threads())
    die("stopped, but " + std::to_string(hung) + " threads still hang");
  log::info("main", "stopped in order");
  return 0;
}

}  // namespace closedpaw::wiring
