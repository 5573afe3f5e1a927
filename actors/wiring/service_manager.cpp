#include "actors/wiring/service_manager.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "messages/log.hpp"

namespace closedpaw::wiring {

namespace {

std::string take(const char* name) {
  const char* value = std::getenv(name);
  std::string out = value ? value : "";
  unsetenv(name);
  return out;
}

template <class T>
T number_in(const std::string& text) {
  T out{};
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

}  // namespace

service_manager service_manager::from_environment() {
  const auto period = number_in<std::int64_t>(take("WATCHDOG_USEC"));
  const auto pid = take("WATCHDOG_PID");
  // Meant for another process that we descend from.
  const bool ours = pid.empty() || number_in<pid_t>(pid) == getpid();
  return {take("NOTIFY_SOCKET"), std::chrono::microseconds{ours ? period : 0}};
}

void service_manager::ready(const std::string& status) const {
  send("READY=1\nSTATUS=" + status);
}

void service_manager::stopping() const {
  send("STOPPING=1");
}

void service_manager::alive(time_point now) {
  const auto last = time_point{time_point::duration{told_at_}};
  if (watchdog_.count() <= 0 || now - last < watchdog_ / 2)
    return;
  told_at_ = now.time_since_epoch().count();
  send("WATCHDOG=1");
}

// By hand, as sd_notify(3) shows it: the library would cost every start more
// than the thirty lines.
void service_manager::send(std::string_view state) const {
  if (socket_.empty())
    return;
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  if (socket_.size() >= sizeof to.sun_path) {
    log::warn("main", "NOTIFY_SOCKET is too long: " + socket_);
    return;
  }
  std::memcpy(to.sun_path, socket_.data(), socket_.size());
  if (socket_.front() == '@')
    to.sun_path[0] = '\0';
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return;
  const auto size =
      static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  // Never waits: this runs in an actor.
  if (::sendto(fd, state.data(), state.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
               reinterpret_cast<const sockaddr*>(&to), size) < 0)
    log::warn("main", "the service manager cannot be told",
              {{"what", state}, {"why", std::strerror(errno)}});
  ::close(fd);
}

}  // namespace closedpaw::wiring
