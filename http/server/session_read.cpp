#include <openssl/crypto.h>

#include "actors/security/cors.hpp"
#include "http/server/correlation.hpp"
#include "http/server/session.hpp"
#include "messages/model/uuid.hpp"

namespace closedpaw::http {

namespace net = boost::asio;

// Sessions await in statements of their own: g++ 12 miscompiles co_await
// beside temporaries that need destruction.

namespace {

/// How long a client may go on sending what we will not read.
constexpr std::chrono::milliseconds linger_time{2'000};
constexpr std::size_t small_read = 4'096;
constexpr std::size_t large_read = 65'536;

/// What must stay reachable when the server is full.
bool is_vital(std::string_view path) {
  return path == "/healthz" || path == "/readyz" ||
         path == "/api/actions/pending" ||
         (path.starts_with("/api/actions/") &&
          (path.ends_with("/approve") || path.ends_with("/cancel")));
}

refused_by cause_of(unsigned status) {
  switch (status) {
    case 408:
      return refused_by::slow_client;
    case 413:
    case 431:
      return refused_by::too_large;
    default:
      return refused_by::malformed;
  }
}

refusal too_slow(std::string_view what) {
  return {408,
          {.code = errc::request_timeout,
           .message = "the " + std::string{what} +
                      " of the request did not arrive in time"}};
}

}  // namespace

std::string_view session::unread() const {
  const auto bytes = in_.data();
  return {static_cast<const char*>(bytes.data()), bytes.size()};
}

// It may have been a secret, and the buffer lives as long as the connection.
void session::consume(std::size_t size) {
  const auto bytes = in_.data();
  OPENSSL_cleanse(const_cast<void*>(bytes.data()), size);
  in_.consume(size);
}

task<bool> session::serve_one() {
  begin_request();
  const bool has_request = co_await read_header();
  if (!has_request)
    co_return false;
  identify();
  const bool has_body = reader_.has_body();
  answer_ = check();
  const bool refused = answer_.has_value();
  if (refused) {
    keep_alive_ = keep_alive_ && !has_body;
  } else {
    bool complete = true;
    if (has_body)
      complete = co_await read_body();
    if (!complete)
      co_return false;
    if (!call_handler())
      co_await wait_for_answer();
  }
  if (closed_ || !answer_)
    co_return false;
  const bool sent = co_await send(std::move(*answer_));
  if (sent && refused && has_body)
    co_await linger();
  co_return (sent && keep_alive_);
}

void session::begin_request() {
  reader_.reset();
  ++sequence_;
  id_.clear();
  notes_.route = {};
  notes_.fields.clear();
  began_ = {};
  origin_.clear();
  is_api_ = false;
  is_openai_ = false;
  is_head_ = false;
  is_http_1_1_ = true;
  keep_alive_ = true;
  answer_.reset();
  peer_gone_ = false;
  expired_ = false;
}

task<bool> session::read_header() {
  set_deadline(phase::idle, core_->options.idle_timeout);
  for (;;) {
    std::size_t used = 0;
    const auto got = reader_.feed(unread(), used);
    consume(used);
    if (got == request_reader::progress::header_read)
      co_return true;
    if (got == request_reader::progress::refused) {
      auto why = reader_.why();
      co_await refuse(std::move(why));
      co_return false;
    }
    if (in_.size() > 0 && phase_ == phase::idle)
      set_deadline(phase::head, core_->options.header_timeout);
    if (phase_ == phase::idle && core_->draining)
      co_return false;
    const bool more = co_await fill(small_read);
    if (more)
      continue;
    if (expired_ && phase_ == phase::head) {
      auto why = too_slow("header");
      co_await refuse(std::move(why));
    }
    co_return false;
  }
}

task<bool> session::read_body() {
  if (reader_.expects_continue() && in_.size() == 0) {
    std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    const bool sent = co_await write_all(std::move(go_on));
    if (!sent)
      co_return false;
  }
  set_deadline(phase::body, core_->options.body_timeout);
  for (;;) {
    std::size_t used = 0;
    const auto got = reader_.feed(unread(), used);
    consume(used);
    if (got == request_reader::progress::done)
      co_return true;
    if (got == request_reader::progress::refused) {
      auto why = reader_.why();
      co_await refuse(std::move(why));
      co_return false;
    }
    const bool more = co_await fill(large_read);
    if (more)
      continue;
    if (expired_) {
      auto why = too_slow("body");
      co_await refuse(std::move(why));
    }
    co_return false;
  }
}

task<bool> session::fill(std::size_t size) {
  const auto [ec, got] =
      co_await socket_.async_read_some(in_.prepare(size), as_values);
  in_.commit(got);
  co_return !ec && !expired_ && !closed_;
}

task<void> session::refuse(refusal why) {
  core_->count(cause_of(why.status));
  if (id_.empty()) {
    id_ = to_string(make_uuid(core_->options.clock()));
    is_head_ = reader_.message().verb == method::head;
    is_openai_ = reader_.message().path.starts_with("/v1/");
  }
  keep_alive_ = false;
  auto answer = error_answer(std::move(why.error));
  answer.status = why.status;
  if (why.status == 405)
    answer.headers.emplace_back("Allow",
                                "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
  const bool sent = co_await send(std::move(answer));
  if (sent)
    co_await linger();
}

void session::identify() {
  auto& message = reader_.message();
  core_->requests_total.fetch_add(1, std::memory_order_relaxed);
  is_api_ = message.path == "/api" || message.path.starts_with("/api/");
  is_openai_ = message.path.starts_with("/v1/");
  began_ = clock::now();
  verb_ = message.verb;
  is_head_ = message.verb == method::head;
  is_http_1_1_ = reader_.is_http_1_1();
  keep_alive_ = reader_.keep_alive();
  origin_ = message.header_value("origin");
  const auto claimed = message.header_value("x-request-id");
  if (is_request_id(claimed))
    id_ = claimed;
  else
    id_ = to_string(make_uuid(core_->options.clock()));
  const auto trace = message.header_value("traceparent");
  if (is_traceparent(trace))
    message.traceparent = trace;
  message.id = id_;
  message.peer = who_.peer;
  message.local = who_.local;
}

std::optional<response> session::check() {
  const auto& message = reader_.message();
  const security::request_view view{
      .method = to_string(message.verb),
      .path = message.path,
      .headers = message.headers,
      .authority = reader_.authority(),
      .has_body = reader_.has_body(),
  };
  if (auto refused = security::check_request(view, ours())) {
    core_->count(refused_by::policy);
    return error_answer(std::move(*refused));
  }
  if (auto preflight = security::answer_preflight(view, ours())) {
    // Its headers are complete: nothing is added for this Origin.
    origin_.clear();
    return response{
        .status = preflight->status,
        .headers = std::move(preflight->headers),
        .body = std::make_shared<const std::string>(std::move(preflight->body)),
        .stream = {}};
  }
  if (who_.vital_only && !is_vital(message.path)) {
    core_->count(refused_by::overload);
    keep_alive_ = false;
    return error_answer({.code = errc::overloaded,
                         .message = "too many connections: close some, or "
                                    "raise http.max_connections",
                         .retry_after = std::chrono::seconds{1}});
  }
  return std::nullopt;
}

task<void> session::linger() {
  // Closing with unread bytes would reset the connection, and the client would
  // lose the answer.
  boost::system::error_code ec;
  socket_.shutdown(net::socket_base::shutdown_send, ec);
  set_deadline(phase::linger, linger_time);
  while (!ec && !closed_) {
    in_.consume(in_.size());
    const auto [failed, got] =
        co_await socket_.async_read_some(in_.prepare(small_read), as_values);
    ec = failed;
  }
}

}  // namespace closedpaw::http
