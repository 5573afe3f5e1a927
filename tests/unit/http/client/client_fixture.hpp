#pragma once

#include <boost/asio/io_context.hpp>
#include <optional>
#include <utility>

#include "http/client/client.hpp"
#include "tests/unit/http/client/fake_server.hpp"

namespace closedpaw::test {

/// A client whose context runs in the test's own thread, and only while the
/// test waits.
class client_fixture {
 public:
  using outcome = result<http::client_response>;

  explicit client_fixture(http::client_options options = {})
      : client_{std::in_place, context_, std::move(options)} {}

  http::client& get() { return *client_; }
  boost::asio::io_context& context() { return context_; }

  http::cancel_handle start(http::client_request request) {
    outcome_.reset();
    context_.restart();
    return client_->fetch(std::move(request), [this](outcome x) {
      outcome_ = std::move(x);
      ++calls_;
    });
  }

  /// Runs until the callback came; a failure of its own after ten seconds.
  outcome wait() {
    auto until = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (!outcome_ && context_.run_one_until(until) > 0) {
    }
    return outcome_ ? *outcome_
                    : failure{.code = errc::internal,
                              .message = "the callback never came",
                              .retry_after = {},
                              .extra = {}};
  }

  outcome fetch(http::client_request request) {
    start(std::move(request));
    return wait();
  }

  /// Runs what is ready, without waiting.
  void poll() {
    context_.restart();
    context_.poll();
  }
  void close_client() { client_.reset(); }
  std::size_t calls() const { return calls_; }

 private:
  boost::asio::io_context context_;
  std::optional<http::client> client_;
  std::optional<outcome> outcome_;
  std::size_t calls_ = 0;
};

inline http::client_request get(std::string url) {
  http::client_request out;
  out.url = std::move(url);
  return out;
}

inline http::client_request post(std::string url, std::string body) {
  auto out = get(std::move(url));
  out.method = "POST";
  out.body = std::move(body);
  return out;
}

inline errc code_of(const result<http::client_response>& x) {
  return x ? errc{} : x.error().code;
}

inline std::string message_of(const result<http::client_response>& x) {
  return x ? "(a response)" : x.error().message;
}

inline std::string body_of(const result<http::client_response>& x) {
  return x ? x->body : "failed: " + x.error().message;
}

inline bool says(const result<http::client_response>& x,
                 std::string_view part) {
  return message_of(x).find(part) != std::string::npos;
}

}  // namespace closedpaw::test
