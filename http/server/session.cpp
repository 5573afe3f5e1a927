#include "http/server/session.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <utility>

namespace closedpaw::http {

namespace net = boost::asio;

session::session(std::shared_ptr<server_core> core, tcp_socket socket,
                 admission who)
    : core_{std::move(core)},
      socket_{std::move(socket)},
      timer_{socket_.get_executor()},
      who_{std::move(who)},
      reader_{core_->options.max_header, core_->options.max_body} {}

session::~session() {
  core_->remove(this);
}

void session::start() {
  core_->add(this, weak_from_this());
  net::co_spawn(socket_.get_executor(), run(shared_from_this()), net::detached);
}

task<void> session::run(std::shared_ptr<session> self) {
  // GCC 12 turns `while (co_await …) {}` into unreachable code from -O2 on.
  bool more = true;
  try {
    while (more)
      more = co_await self->serve_one();
  } catch (const std::exception& e) {
    // Out of memory, say: the connection ends, and nothing else.
    self->report_fault(e.what());
  }
  self->finish();
}

void session::report_fault(const char* what) noexcept {
  try {
    core_->options.on_fault(id_, what);
  } catch (const std::exception&) {
    // Perhaps there is no memory left to tell it with.
  }
}

void session::finish() {
  boost::system::error_code ignored;
  closed_ = true;
  timer_.cancel(ignored);
  socket_.close(ignored);
  core_->remove(this);
}

void session::leave_if_idle() {
  net::post(socket_.get_executor(), [self = shared_from_this()] {
    if (self->phase_ != phase::idle || self->in_.size() > 0)
      return;
    boost::system::error_code ignored;
    self->closed_ = true;
    self->socket_.close(ignored);
    self->resume();
  });
}

void session::drain() {
  net::post(socket_.get_executor(), [self = shared_from_this()] {
    boost::system::error_code ignored;
    if (self->phase_ == phase::idle && self->in_.size() == 0)
      self->socket_.cancel(ignored);
    else if (self->phase_ == phase::stream)
      self->resume();
  });
}

void session::close_now() {
  net::post(socket_.get_executor(), [self = shared_from_this()] {
    // Nobody is left without an answer; the connection ends with it.
    if (self->phase_ == phase::handler && !self->answer_ && !self->closed_) {
      self->keep_alive_ = false;
      self->accept_answer(
          self->sequence_,
          self->error_answer({.code = errc::outcome_unknown,
                              .message = "the daemon stops and had no answer "
                                         "yet; what was asked for may have "
                                         "been done",
                              .extra = {{"outcome", "unknown"}}}));
      return;
    }
    boost::system::error_code ignored;
    self->closed_ = true;
    self->socket_.close(ignored);
    self->resume();
  });
}

void session::end_remote_stream() {
  if (who_.local)
    return;
  net::post(socket_.get_executor(), [self = shared_from_this()] {
    // Of the request that is still to come somebody else will be asked.
    if (self->phase_ == phase::idle || self->phase_ == phase::head ||
        self->phase_ == phase::body)
      return;
    self->peer_gone_ = true;
    if (self->phase_ == phase::stream)
      self->resume();
  });
}

void session::abandon() {
  boost::system::error_code ignored;
  closed_ = true;
  socket_.close(ignored);
  waiter_.reset();
}

void session::set_deadline(phase what, std::chrono::milliseconds after) {
  phase_ = what;
  deadline_ = clock::now() + after;
  // A timer that fires too early sets itself again: cheaper than setting it
  // for each request.
  if (!armed_ || deadline_ < armed_for_)
    arm();
}

void session::arm() {
  armed_ = true;
  armed_for_ = deadline_;
  timer_.expires_at(deadline_);
  timer_.async_wait(
      [self = shared_from_this()](const boost::system::error_code& ec) {
        if (!ec && !self->closed_)
          self->on_timer();
      });
}

void session::on_timer() {
  armed_ = false;
  if (deadline_ == clock::time_point{})
    return;
  if (clock::now() < deadline_)
    return arm();
  deadline_ = {};
  expire();
}

void session::expire() {
  boost::system::error_code ignored;
  switch (phase_) {
    case phase::idle:
    case phase::head:
    case phase::body:
      expired_ = true;
      socket_.cancel(ignored);
      break;
    case phase::handler:
      core_->count(refused_by::deadline);
      accept_answer(sequence_,
                    error_answer({.code = errc::timeout,
                                  .message = "no answer within the deadline of "
                                             "this request; its outcome is "
                                             "unknown"}));
      break;
    case phase::write:
    case phase::linger:
      socket_.close(ignored);
      break;
    case phase::stream:
      break;
  }
}

task<void> session::wait() {
  if (std::exchange(signalled_, false))
    co_return;
  co_await net::async_initiate<const net::use_awaitable_t<executor_type>&,
                               void()>(
      [this](waiter handler) { waiter_.emplace(std::move(handler)); },
      net::use_awaitable_t<executor_type>{});
}

void session::resume() {
  if (!waiter_) {
    signalled_ = true;
    return;
  }
  auto handler = std::move(*waiter_);
  waiter_.reset();
  handler();
}

}  // namespace closedpaw::http
