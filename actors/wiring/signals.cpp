#include "actors/wiring/signals.hpp"

#include <pthread.h>
#include <unistd.h>

namespace closedpaw::wiring {

signals::signals() {
  sigemptyset(&set_);
  for (const int s : {SIGTERM, SIGINT, SIGHUP, SIGUSR1})
    sigaddset(&set_, s);
  pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  // A client that goes away while we write is an error of that write only.
  std::signal(SIGPIPE, SIG_IGN);
}

int signals::wait() const {
  int taken = 0;
  sigwait(&set_, &taken);
  return taken;
}

int signals::wait_for(std::chrono::milliseconds limit) const {
  const auto s = std::chrono::duration_cast<std::chrono::seconds>(limit);
  const auto ns = std::chrono::nanoseconds{limit - s};
  const timespec t{s.count(), static_cast<long>(ns.count())};
  const int taken = sigtimedwait(&set_, nullptr, &t);
  return taken < 0 ? 0 : taken;
}

void signals::wake() {
  kill(getpid(), SIGUSR1);
}

}  // namespace closedpaw::wiring
