// The floor for our HTTP figures: a Beast server without routes, checks,
// deadlines or limits, on one thread, that answers every request with the
// response in a file (a recorded answer of the daemon, header and body).
//
//   bare_beast FILE    prints `listening on http://127.0.0.1:PORT`

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;
using answer_type = http::response<http::string_body>;

class session : public std::enable_shared_from_this<session> {
 public:
  session(tcp::socket socket, const answer_type& answer)
      : stream_(std::move(socket)), template_(answer) {}

  void read() {
    request_ = {};
    http::async_read(
        stream_, buffer_, request_,
        beast::bind_front_handler(&session::on_read, shared_from_this()));
  }

 private:
  void on_read(beast::error_code ec, std::size_t) {
    if (ec)
      return;
    // As any server does that makes its answer per request.
    answer_ = template_;
    answer_.version(request_.version());
    answer_.keep_alive(request_.keep_alive());
    http::async_write(
        stream_, answer_,
        beast::bind_front_handler(&session::on_write, shared_from_this()));
  }

  void on_write(beast::error_code ec, std::size_t) {
    if (!ec && answer_.keep_alive())
      read();
  }

  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  answer_type answer_;
  const answer_type& template_;
};

class listener {
 public:
  listener(asio::io_context& context, const answer_type& answer)
      : acceptor_(context, {asio::ip::address_v4::loopback(), 0}),
        answer_(answer) {}

  unsigned port() const { return acceptor_.local_endpoint().port(); }

  void accept() {
    acceptor_.async_accept([this](beast::error_code ec, tcp::socket socket) {
      if (!ec) {
        socket.set_option(tcp::no_delay(true), ec);
        std::make_shared<session>(std::move(socket), answer_)->read();
      }
      accept();
    });
  }

 private:
  tcp::acceptor acceptor_;
  const answer_type& answer_;
};

std::optional<answer_type> load(const char* path) {
  std::ifstream file{path, std::ios::binary};
  const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
  http::response_parser<http::string_body> parser;
  parser.eager(true);
  beast::error_code ec;
  parser.put(asio::buffer(bytes), ec);
  if (ec || !parser.is_done())
    return std::nullopt;
  return parser.release();
}

}  // namespace

int main(int argc, char** argv) {
  const auto answer = argc == 2 ? load(argv[1]) : std::nullopt;
  if (!answer) {
    std::cerr << "usage: bare_beast FILE (one complete HTTP response)\n";
    return 2;
  }
  asio::io_context context{1};
  listener server{context, *answer};
  server.accept();
  std::cout << "listening on http://127.0.0.1:" << server.port() << std::endl;
  context.run();
}
