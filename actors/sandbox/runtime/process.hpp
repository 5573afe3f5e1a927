#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "actors/sandbox/runtime/spawner.hpp"

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
class process : public std::enable_shared_from_this<process> {
 public:
  /// Of each stream so much is read; see allow().
  process(boost::asio::io_context& io, launched from, std::uint64_t most,
          process_events events);

  void begin();
  /// In order; `last`: and then the end of its input.
  void write(std::string text, bool last);
  /// From now on so much more of each stream.
  void allow(std::uint64_t more);
  /// Its events are not called any more once the io_context has seen this.
  void forget();
  /// SIGTERM to all in the sandbox.
  void terminate() const;
  void kill();

  const cgroup& group() const { return group_; }

 private:
  using descriptor = boost::asio::posix::stream_descriptor;
  struct stream {
    explicit stream(boost::asio::io_context& io) : from{io} {}
    descriptor from;
    std::uint64_t left = 0;
    bool ended = false;
  };

  void read(stream& s, bool is_output);
  void write_next();
  void wait_for_end();
  void exited();
  void finish();

  boost::asio::io_context& io_;
  const pid_t pid_;
  const cgroup group_;
  descriptor pidfd_;
  descriptor input_;
  stream output_;
  stream errors_;
  process_events events_;
  std::deque<std::string> unsent_;
  bool writing_ = false;
  bool last_ = false;
  bool flooded_ = false;
  std::optional<exit_status> status_;
  /// After its end somebody else may still hold its streams open.
  boost::asio::steady_timer streams_until_;
};

}  // namespace closedpaw::sandbox
