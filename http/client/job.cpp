#include "http/client/job.hpp"

#include <algorithm>

#include "http/client/explain.hpp"

namespace closedpaw::http::client_detail {

job::job(executor_type executor, client_request request, url target)
    : executor_{std::move(executor)},
      request_{std::move(request)},
      target_{std::move(target)},
      timer_{executor_} {}

void job::start() {
  started_ = steady::now();
  total_deadline_ = started_ + request_.timeouts.total;
}

std::chrono::microseconds job::elapsed() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(steady::now() -
                                                               started_);
}

std::chrono::milliseconds job::budget(phase p) const {
  switch (p) {
    case phase::connect:
      return request_.timeouts.connect;
    case phase::first_byte:
      return request_.timeouts.first_byte;
    case phase::idle:
      return request_.timeouts.idle;
    case phase::rest:
      return std::min(request_.timeouts.idle, std::chrono::milliseconds{1000});
    case phase::total:
      break;
  }
  return request_.timeouts.total;
}

void job::arm(phase p) {
  armed_ = p;
  deadline_ = steady::now() + budget(p);
  if (total_deadline_ <= deadline_) {
    armed_ = phase::total;
    deadline_ = total_deadline_;
  }
  // A deadline that only moves back needs no new wait: fired() looks again.
  if (!waiting_ || deadline_ < timer_.expiry()) {
    wait();
  }
}

void job::wait() {
  waiting_ = true;
  timer_.expires_at(deadline_);
  timer_.async_wait([self = shared_from_this()](const auto& ec) {
    if (!ec && !self->finished_) {
      self->fired();
    }
  });
}

void job::fired() {
  if (steady::now() < deadline_) {
    wait();
    return;
  }
  waiting_ = false;
  expired_ = true;
  if (wake_) {
    wake_();
  }
}

void job::cancel() {
  if (finished_ || cancelled_) {
    return;
  }
  cancelled_ = true;
  if (wake_) {
    wake_();
  }
}

std::optional<failure> job::ended() const {
  if (cancelled_) {
    return explain::cancelled(target_);
  }
  if (expired_) {
    return explain::timed_out(target_, armed_, budget(armed_));
  }
  return std::nullopt;
}

void job::rest() {
  deadline_ = total_deadline_ = steady::time_point::max();
}

void job::finish() {
  finished_ = true;
  wake_ = nullptr;
  timer_.cancel();
}

}  // namespace closedpaw::http::client_detail
