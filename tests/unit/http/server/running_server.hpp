#pragma once

#include <boost/asio/io_context.hpp>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "http/server/listener.hpp"
#include "tests/unit/http/server/raw_client.hpp"

namespace closedpaw::test {

using namespace std::chrono_literals;

/// A server on a port of its own, whose io_context one thread runs.
class running_server {
 public:
  explicit running_server(http::request_handler handler,
                          http::server_options options = {})
      : server_{http::server::open(io_, std::move(options), std::move(handler))
                    .value()},
        thread_{[this] { io_.run(); }} {}
  running_server(const running_server&) = delete;
  running_server& operator=(const running_server&) = delete;
  ~running_server() {
    server_->stop(0ms);
    thread_.join();
  }

  http::server* operator->() { return server_.get(); }
  std::uint16_t port() const { return server_->port(); }
  std::string host() const {
    return "Host: 127.0.0.1:" + std::to_string(port()) + "\r\n";
  }
  std::uint64_t refused(http::refused_by cause) const {
    return server_->counters().refused_total[static_cast<std::size_t>(cause)];
  }

 private:
  boost::asio::io_context io_{1};
  std::unique_ptr<http::server> server_;
  std::thread thread_;
};

/// Answers at once with what it was asked.
inline std::optional<http::response> echo(http::request&& r,
                                          http::reply_slot&) {
  return http::json_response(200, std::string{to_string(r.verb)} + " " +
                                      r.path + "?" + r.query + " " + r.body);
}

/// A handler that hands each slot to the test.
class slot_keeper {
 public:
  http::request_handler handler() {
    return [this](http::request&&,
                  http::reply_slot& slot) -> std::optional<http::response> {
      next_.set_value(std::move(slot));
      return std::nullopt;
    };
  }
  /// Waits for the next request.
  http::reply_slot take() {
    auto slot = next_.get_future().get();
    next_ = {};
    return slot;
  }

 private:
  std::promise<http::reply_slot> next_;
};

}  // namespace closedpaw::test
