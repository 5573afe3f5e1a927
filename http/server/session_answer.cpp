#include <openssl/crypto.h>

#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include "http/server/openai_error.hpp"
#include "http/server/session.hpp"

namespace closedpaw::http {

namespace net = boost::asio;

namespace {

constexpr std::chrono::milliseconds default_deadline{30'000};

bool has_no_body(unsigned status) {
  return status == 204 || status == 304;
}

}  // namespace

std::string_view date_of(timestamp now) {
  thread_local std::chrono::sys_seconds second{std::chrono::seconds{-1}};
  thread_local std::string text;
  const auto current = std::chrono::floor<std::chrono::seconds>(now);
  if (current != second) {
    second = current;
    text = http_date(current);
  }
  return text;
}

response session::error_answer(failure error) const {
  if (!error.extra.is_object())
    error.extra = json::object();
  error.extra.emplace("request_id", id_);
  if (is_openai_)
    error.extra["error"] = openai_error_member(error);
  return error_response(error);
}

/// True if the answer is there already; nothing was posted or armed then.
bool session::call_handler() {
  core_->in_flight.fetch_add(1, std::memory_order_relaxed);
  // What the deadline depends on, before the handler takes it away.
  auto& message = reader_.message();
  const auto& limits = core_->options.request_deadline;
  const auto verb = message.verb;
  auto path = limits ? message.path : std::string{};
  in_handler_ = true;
  try {
    reply_slot slot{
        id_,
        [weak = weak_from_this(), sequence = sequence_](response r) mutable {
          const auto self = weak.lock();
          if (!self)
            return;
          const auto loop = self->socket_.get_executor();
          if (loop.running_in_this_thread() && self->in_handler_)
            return self->accept_answer(sequence, std::move(r));
          net::post(loop, [self, sequence, answer = std::move(r)]() mutable {
            self->accept_answer(sequence, std::move(answer));
          });
        },
        [weak = weak_from_this(),
         sequence = sequence_](std::function<void()> left) {
          if (const auto self = weak.lock())
            net::post(self->socket_.get_executor(),
                      [self, sequence, left = std::move(left)]() mutable {
                        self->watch_while_answering(sequence, std::move(left));
                      });
        },
        &notes_};
    if (auto answer = core_->handler(std::move(message), slot)) {
      accept_answer(sequence_, std::move(*answer));
      slot.answer({});
    }
  } catch (const std::exception& e) {
    // The slot has answered 500 on its way out.
    report_fault(e.what());
  } catch (...) {
    report_fault("an exception of unknown type");
  }
  in_handler_ = false;
  if (answer_)
    return true;
  set_deadline(phase::handler, limits ? limits(verb, path) : default_deadline);
  return false;
}

void session::accept_answer(std::uint64_t sequence, response r) {
  // Of an earlier request, or after 504.
  if (sequence != sequence_ || answer_)
    return;
  core_->in_flight.fetch_sub(1, std::memory_order_relaxed);
  answer_ = std::move(r);
  if (std::exchange(left_, nullptr)) {
    boost::system::error_code ignored;
    socket_.cancel(ignored);
  }
  if (!in_handler_)
    resume();
}

task<void> session::wait_for_answer() {
  while (!answer_ && !closed_)
    co_await wait();
  if (answer_)
    co_return;
  // What comes now is late.
  ++sequence_;
  core_->in_flight.fetch_sub(1, std::memory_order_relaxed);
}

void session::compose_head(const response& r, framing body,
                           std::uint64_t length) {
  keep_alive_ = keep_alive_ && !core_->draining;
  head_.clear();
  append_head(head_, r,
              {.date = date_of(core_->options.clock()),
               .request_id = id_,
               .fields = notes_.fields,
               .origin = origin_,
               .origin_is_allowed = !origin_.empty() &&
                                    security::origin_allowed(origin_, ours()),
               .is_api = is_api_,
               .keep_alive = keep_alive_,
               .is_http_1_1 = is_http_1_1_,
               .body = body,
               .length = length});
}

void session::measure(unsigned status) const {
  const auto& tell = core_->options.on_answer;
  if (!tell)
    return;
  const auto took = began_ == clock::time_point{} ? clock::duration::zero()
                                                  : clock::now() - began_;
  tell({verb_, notes_.route, status, took});
}

task<bool> session::send(response r) {
  measure(r.status);
  if (r.stream) {
    const bool goes_on = co_await stream(std::move(r));
    co_return goes_on;
  }
  const bool bare = has_no_body(r.status);
  compose_head(r, bare ? framing::none : framing::length,
               r.body ? r.body->size() : 0);
  body_ = bare || is_head_ ? nullptr : std::move(r.body);
  const std::array<net::const_buffer, 2> parts{
      net::buffer(head_), body_ ? net::buffer(*body_) : net::const_buffer{}};
  // The kernel takes nearly every answer at once: no wait, no wake-up.
  boost::system::error_code ec;
  const auto written = socket_.write_some(parts, ec);
  if (ec && ec != net::error::would_block)
    co_return false;
  bool all = written == net::buffer_size(parts);
  if (!all)
    all = co_await write_rest(written);
  forget_answer();
  co_return all;
}

// A new token is in the body, a browser's session in the head.
void session::forget_answer() {
  OPENSSL_cleanse(head_.data(), head_.size());
  body_ = nullptr;
}

task<bool> session::write_rest(std::size_t written) {
  for (;;) {
    const std::size_t size = body_ ? body_->size() : 0;
    const auto in_head = std::min(written, head_.size());
    const std::array<net::const_buffer, 2> parts{
        net::buffer(head_) + in_head,
        body_ ? net::buffer(*body_) + (written - in_head)
              : net::const_buffer{}};
    if (written == head_.size() + size)
      co_return true;
    set_deadline(phase::write, core_->options.idle_timeout);
    const auto [ec, n] = co_await socket_.async_write_some(parts, as_values);
    if (ec || closed_)
      co_return false;
    written += n;
  }
}

task<bool> session::write_all(std::string bytes) {
  head_ = std::move(bytes);
  body_ = nullptr;
  const bool all = co_await write_rest(0);
  co_return all;
}

}  // namespace closedpaw::http
