#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace closedpaw::benchmarks {

namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;

/// A Beast server without routes, checks, deadlines or limits, on one thread,
/// that answers every request with the same response.
class beast_server {
 public:
  using answer_type = beast::http::response<beast::http::string_body>;

  /// One connection; used by the io_context's thread.
  class session : public std::enable_shared_from_this<session> {
   public:
    session(tcp::socket socket, const beast_server& owner)
        : stream_{std::move(socket)}, owner_{owner} {}

    void read() {
      request_ = {};
      beast::http::async_read(
          stream_, buffer_, request_,
          beast::bind_front_handler(&session::on_read, shared_from_this()));
    }

    /// Once for each request.
    void answer() {
      // As any server does that makes its answer per request.
      answer_ = owner_.answer_;
      answer_.version(request_.version());
      answer_.keep_alive(request_.keep_alive());
      beast::http::async_write(
          stream_, answer_,
          beast::bind_front_handler(&session::on_write, shared_from_this()));
    }

   private:
    void on_read(beast::error_code ec, std::size_t) {
      if (!ec)
        owner_.on_request_(shared_from_this());
    }

    void on_write(beast::error_code ec, std::size_t) {
      if (!ec && answer_.keep_alive())
        read();
    }

    beast::tcp_stream stream_;
    beast::flat_buffer buffer_;
    beast::http::request<beast::http::string_body> request_;
    answer_type answer_;
    const beast_server& owner_;
  };

  /// `on_request` sees to it that the session answers.
  beast_server(asio::io_context& context, answer_type answer,
               std::function<void(std::shared_ptr<session>)> on_request)
      : acceptor_{context, {asio::ip::address_v4::loopback(), 0}},
        answer_{std::move(answer)},
        on_request_{std::move(on_request)} {
    accept();
  }

  unsigned port() const { return acceptor_.local_endpoint().port(); }

  /// One complete response in a file, header and body.
  static std::optional<answer_type> load(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
    beast::http::response_parser<beast::http::string_body> parser;
    parser.eager(true);
    beast::error_code ec;
    parser.put(asio::buffer(bytes), ec);
    if (ec || !parser.is_done())
      return std::nullopt;
    return parser.release();
  }

 private:
  void accept() {
    acceptor_.async_accept([this](beast::error_code ec, tcp::socket socket) {
      if (!ec) {
        socket.set_option(tcp::no_delay(true), ec);
        std::make_shared<session>(std::move(socket), *this)->read();
      }
      accept();
    });
  }

  tcp::acceptor acceptor_;
  const answer_type answer_;
  const std::function<void(std::shared_ptr<session>)> on_request_;
};

}  // namespace closedpaw::benchmarks
