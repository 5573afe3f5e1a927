#include <sys/socket.h>

#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <charconv>

#include "http/server/session.hpp"

namespace closedpaw::http {

namespace net = boost::asio;

namespace {

/// Gives back the place of a stream, and its producer, however it ends.
class stream_place {
 public:
  stream_place(server_core& core, std::shared_ptr<stream_queue> queue)
      : core_{core}, queue_{std::move(queue)} {
    ++core_.streams;
  }
  stream_place(const stream_place&) = delete;
  stream_place& operator=(const stream_place&) = delete;
  ~stream_place() {
    queue_->abandon();
    --core_.streams;
  }

 private:
  server_core& core_;
  std::shared_ptr<stream_queue> queue_;
};

std::string as_chunk(std::string_view bytes) {
  std::array<char, 16> size;
  const auto end =
      std::to_chars(size.data(), size.data() + size.size(), bytes.size(), 16)
          .ptr;
  std::string out;
  out.reserve(bytes.size() + 20);
  out.append(size.data(), end);
  out += "\r\n";
  out += bytes;
  out += "\r\n";
  return out;
}

}  // namespace

response session::too_many_streams() const {
  return error_answer({.code = errc::overloaded,
                       .message = "too many streams are open: close some",
                       .retry_after = std::chrono::seconds{5}});
}

task<bool> session::stream(response r) {
  if (core_->streams >= core_->options.max_streams) {
    core_->count(refused_by::overload);
    auto refused = too_many_streams();
    const bool sent = co_await send(std::move(refused));
    co_return (sent && keep_alive_);
  }
  const bool chunked = is_http_1_1_;
  keep_alive_ = keep_alive_ && chunked;
  compose_head(r, chunked ? framing::chunked : framing::until_close, 0);
  body_ = nullptr;
  const bool head_sent = co_await write_rest(0);
  if (!head_sent || is_head_)
    co_return (head_sent && keep_alive_);
  auto queue = std::make_shared<stream_queue>(
      core_->options.max_stream_backlog,
      [weak = weak_from_this(), loop = socket_.get_executor()] {
        if (auto self = weak.lock())
          net::post(loop, [self] { self->resume(); });
      });
  const stream_place place{*core_, queue};
  no_deadline(phase::stream);
  watch_peer();
  r.stream(queue);
  const bool complete = co_await pump(*queue, chunked);
  boost::system::error_code ignored;
  socket_.cancel(ignored);
  co_return (complete && keep_alive_);
}

/// True if the answer is complete and the connection can go on.
task<bool> session::pump(stream_queue& queue, bool chunked) {
  for (;;) {
    auto batch = queue.take();
    if (closed_ || peer_gone_ || batch.then == stream_queue::end::overflowed)
      co_return false;
    if (!batch.bytes.empty()) {
      // Named: GCC 12 does not destroy a conditional's temporaries rightly
      // where they are in one expression with co_await.
      std::string bytes =
          chunked ? as_chunk(batch.bytes) : std::move(batch.bytes);
      const bool sent = co_await write_all(std::move(bytes));
      if (!sent)
        co_return false;
      no_deadline(phase::stream);
      continue;
    }
    if (core_->draining)
      keep_alive_ = false;
    if (batch.then == stream_queue::end::closed || core_->draining) {
      std::string last = chunked ? "0\r\n\r\n" : "";
      const bool written = co_await write_all(std::move(last));
      co_return written;
    }
    co_await wait();
  }
}

void session::watch_while_answering(std::uint64_t sequence,
                                    std::function<void()> left) {
  if (sequence != sequence_ || answer_ || closed_)
    return;
  left_ = std::move(left);
  watch_peer();
}

/// A client that closes says so by becoming readable. One that only shuts down
/// its sending side looks the same, and loses its stream.
void session::watch_peer() {
  socket_.async_wait(
      net::socket_base::wait_read,
      [self = shared_from_this()](const boost::system::error_code& ec) {
        if (ec || self->closed_ || self->phase_ == phase::idle)
          return;
        char byte;
        const auto got = recv(self->socket_.native_handle(), &byte, 1,
                              MSG_PEEK | MSG_DONTWAIT);
        // The next request, pipelined: from here on only a write can tell.
        if (got > 0)
          return;
        // Epoll told of what was read before.
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
          return self->watch_peer();
        self->peer_gone_ = true;
        if (const auto left = std::exchange(self->left_, nullptr))
          left();
        self->resume();
      });
}

}  // namespace closedpaw::http
