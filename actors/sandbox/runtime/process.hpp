#pragma once

#include <functional>
#include <memory>
#include <string>

#include "actors/sandbox/runtime/spawner.hpp"

namespace boost::asio {
class io_context;
}

namespace closedpaw::sandbox {

/// How a process ended: wait(2).
struct exit_status {
  std::optional<int> code;
  std::optional<int> signal;
};

/// Called by the thread that runs the io_context; must neither block nor throw.
struct process_events {
  std::function<void(std::string text)> output;
  std::function<void(std::string text)> errors;
  /// More was written than may be read; no more is.
  std::function<void()> flooded;
  /// Once, after all output.
  std::function<void(exit_status)> ended;
};

/// The streams and the end of one launched process. All members from any
/// thread. Whoever drops it without killing it leaves it running.
class process {
 public:
  virtual ~process() = default;

  virtual void begin() = 0;
  /// In order; `last`: and then the end of its input.
  virtual void write(std::string text, bool last) = 0;
  /// From now on so much more of each stream.
  virtual void allow(std::uint64_t more) = 0;
  /// Its events are not called any more once the io_context has seen this.
  virtual void forget() = 0;
  /// SIGTERM to all in the sandbox.
  virtual void terminate() const = 0;
  virtual void kill() = 0;

  virtual const cgroup& group() const = 0;
};

/// Of each stream so much is read; see process::allow().
std::shared_ptr<process> watch(boost::asio::io_context& io, launched from,
                               std::uint64_t most, process_events events);

}  // namespace closedpaw::sandbox
