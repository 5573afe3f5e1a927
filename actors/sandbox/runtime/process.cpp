#include "actors/sandbox/runtime/process.hpp"

#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <deque>

namespace closedpaw::sandbox {

namespace asio = boost::asio;

namespace {

class watched_process : public process,
                        public std::enable_shared_from_this<watched_process> {
 public:
  watched_process(asio::io_context& io, launched from, std::uint64_t most,
                  process_events events);

  void begin() override;
  void write(std::string text, bool last) override;
  void allow(std::uint64_t more) override;
  void forget() override;
  void terminate() const override;
  void kill() override;
  const cgroup& group() const override { return group_; }

 private:
  using descriptor = asio::posix::stream_descriptor;
  struct stream {
    explicit stream(asio::io_context& io) : from{io} {}
    descriptor from;
    std::uint64_t left = 0;
    bool ended = false;
  };

  void read(stream& s, bool is_output);
  void write_next();
  void wait_for_end();
  void exited();
  void finish();

  asio::io_context& io_;
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
  asio::steady_timer streams_until_;
};

watched_process::watched_process(asio::io_context& io, launched from,
                                 std::uint64_t most, process_events events)
    : io_{io},
      pid_{from.pid},
      group_{from.group},
      pidfd_{io, from.pidfd.release()},
      input_{io, from.input.release()},
      output_{io},
      errors_{io},
      events_{std::move(events)},
      streams_until_{io} {
  output_.from.assign(from.output.release());
  errors_.from.assign(from.errors.release());
  output_.left = most;
  errors_.left = most;
}

void watched_process::begin() {
  asio::post(io_, [self = shared_from_this()] {
    self->read(self->output_, true);
    self->read(self->errors_, false);
    self->wait_for_end();
  });
}

void watched_process::write(std::string text, bool last) {
  asio::post(
      io_, [self = shared_from_this(), text = std::move(text), last]() mutable {
        self->unsent_.push_back(std::move(text));
        self->last_ = self->last_ || last;
        if (!self->writing_)
          self->write_next();
      });
}

void watched_process::allow(std::uint64_t more) {
  asio::post(io_, [self = shared_from_this(), more] {
    self->output_.left = more;
    self->errors_.left = more;
  });
}

void watched_process::forget() {
  asio::post(io_, [self = shared_from_this()] {
    self->events_ = {};
    self->streams_until_.cancel();
    boost::system::error_code ignored;
    self->output_.from.close(ignored);
    self->errors_.from.close(ignored);
    self->input_.close(ignored);
  });
}

void watched_process::terminate() const {
  group_.signal(SIGTERM, pid_);
}

// By its descriptor: the number may be somebody else's by now.
void watched_process::kill() {
  syscall(SYS_pidfd_send_signal, pidfd_.native_handle(), SIGKILL, nullptr, 0);
  group_.kill();
}

void watched_process::write_next() {
  if (unsent_.empty()) {
    writing_ = false;
    boost::system::error_code ignored;
    if (last_)
      input_.close(ignored);
    return;
  }
  writing_ = true;
  asio::async_write(input_, asio::buffer(unsent_.front()),
                    [self = shared_from_this()](const auto& error, auto) {
                      // It need not read what it is sent.
                      if (error)
                        self->unsent_.clear();
                      else
                        self->unsent_.pop_front();
                      self->last_ = self->last_ || error;
                      self->write_next();
                    });
}

void watched_process::read(stream& s, bool is_output) {
  constexpr std::size_t most_at_once = 65'536;
  auto block = std::make_shared<std::string>(most_at_once, '\0');
  s.from.async_read_some(
      asio::buffer(*block), [self = shared_from_this(), &s, is_output, block](
                                const auto& error, std::size_t size) {
        if (error) {
          s.ended = true;
          self->finish();
          return;
        }
        if (size > s.left) {
          s.ended = true;
          if (!std::exchange(self->flooded_, true) && self->events_.flooded)
            self->events_.flooded();
          boost::system::error_code ignored;
          s.from.close(ignored);
          self->finish();
          return;
        }
        s.left -= size;
        block->resize(size);
        const auto& tell =
            is_output ? self->events_.output : self->events_.errors;
        if (tell)
          tell(std::move(*block));
        self->read(s, is_output);
      });
}

void watched_process::wait_for_end() {
  pidfd_.async_wait(descriptor::wait_read,
                    [self = shared_from_this()](const auto& error) {
                      if (!error)
                        self->exited();
                    });
}

void watched_process::exited() {
  siginfo_t info{};
  exit_status status;
  if (waitid(P_PIDFD, static_cast<id_t>(pidfd_.native_handle()), &info,
             WEXITED) == 0) {
    if (info.si_code == CLD_EXITED)
      status.code = info.si_status;
    else
      status.signal = info.si_status;
  }
  status_ = status;
  // Nothing that it started outlives it, nor holds its streams open.
  group_.kill();
  streams_until_.expires_after(std::chrono::seconds{1});
  streams_until_.async_wait([self = shared_from_this()](const auto& error) {
    if (error)
      return;
    boost::system::error_code ignored;
    self->output_.from.close(ignored);
    self->errors_.from.close(ignored);
  });
  finish();
}

void watched_process::finish() {
  if (!status_ || !output_.ended || !errors_.ended || !events_.ended)
    return;
  streams_until_.cancel();
  const auto tell = std::exchange(events_.ended, nullptr);
  tell(*status_);
}

}  // namespace

std::shared_ptr<process> watch(asio::io_context& io, launched from,
                               std::uint64_t most, process_events events) {
  return std::make_shared<watched_process>(io, std::move(from), most,
                                           std::move(events));
}

}  // namespace closedpaw::sandbox
