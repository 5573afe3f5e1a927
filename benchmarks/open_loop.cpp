// An open-loop HTTP load: requests are due on a schedule whatever becomes of
// the ones before, and each latency counts from when its request was due, so
// that a server which stalls is not asked less (coordinated omission).
//
//   open_loop URL [--body TEXT] [--rate N] [--seconds N] [--connections N]
//
// POSTs the body as JSON, or GETs without one. With all connections busy what
// is due waits for one. Prints one JSON object.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <deque>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <regex>

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using steady = std::chrono::steady_clock;

struct options {
  std::string url;
  std::string body;
  std::uint32_t rate = 1000;
  std::uint32_t seconds = 2;
  std::uint32_t connections = 128;
};

/// The load's own side of the protocol is as little as answers from one known
/// server need, so that it keeps up on one core: no chunks, names as we write
/// them.
class connection {
 public:
  using when_answered =
      std::function<void(connection&, std::string_view error)>;

  connection(asio::io_context& context, const tcp::endpoint& to,
             const std::string& request, when_answered done)
      : socket_{context}, request_{request}, done_{std::move(done)} {
    socket_.connect(to);
    socket_.set_option(tcp::no_delay(true));
  }

  void ask(steady::time_point due) {
    due_ = due;
    answer_.clear();
    asio::async_write(socket_, asio::buffer(request_),
                      [this](const error_code& ec, std::size_t) {
                        if (ec)
                          done_(*this, ec.message());
                        else
                          read();
                      });
  }
  steady::time_point due() const { return due_; }

 private:
  void read() {
    socket_.async_read_some(asio::buffer(block_), [this](const error_code& ec,
                                                         std::size_t n) {
      answer_.append(block_.data(), n);
      if (ec)
        done_(*this, ec.message());
      else if (complete())
        done_(*this, answer_.starts_with("HTTP/1.1 200 ") ? std::string_view{}
                                                          : answer_);
      else
        read();
    });
  }

  bool complete() const {
    constexpr std::string_view length = "\r\nContent-Length: ";
    const auto end = answer_.find("\r\n\r\n");
    const auto at = answer_.find(length);
    if (end == std::string::npos || at > end)
      return false;
    std::size_t body = 0;
    std::from_chars(answer_.data() + at + length.size(), answer_.data() + end,
                    body);
    return answer_.size() >= end + 4 + body;
  }

  tcp::socket socket_;
  const std::string& request_;
  const when_answered done_;
  steady::time_point due_;
  std::string answer_;
  std::array<char, 16'384> block_;
};

class load {
 public:
  load(const options& o, const tcp::endpoint& to, std::string request)
      : interval_{std::chrono::nanoseconds{1'000'000'000 / o.rate}},
        total_{std::size_t{o.rate} * o.seconds},
        request_{std::move(request)},
        timer_{context_} {
    latencies_.reserve(total_);
    for (std::uint32_t i = 0; i < o.connections; ++i) {
      all_.push_back(std::make_unique<connection>(
          context_, to, request_,
          [this](connection& by, std::string_view error) {
            answered(by, error);
          }));
      idle_.push_back(all_.back().get());
    }
  }

  void run() {
    begin_ = steady::now() + std::chrono::milliseconds{10};
    wait();
    context_.run();
    print();
  }

 private:
  steady::time_point due(std::size_t request) const {
    return begin_ + interval_ * static_cast<long>(request);
  }

  void wait() {
    if (came_due_ == total_)
      return;
    timer_.expires_at(due(came_due_));
    timer_.async_wait([this](const auto&) {
      // Late timers send what is due meanwhile, too.
      for (const auto now = steady::now();
           came_due_ < total_ && due(came_due_) <= now; ++came_due_)
        waiting_.push_back(due(came_due_));
      send();
      wait();
    });
  }

  void send() {
    while (!waiting_.empty() && !idle_.empty()) {
      // The last one that was used: its memory is in the cache.
      auto* by = idle_.back();
      idle_.pop_back();
      by->ask(waiting_.front());
      waiting_.pop_front();
    }
  }

  void answered(connection& by, std::string_view error) {
    if (!error.empty()) {
      ++errors_;
      last_error_ = error;
    }
    latencies_.push_back(steady::now() - by.due());
    idle_.push_back(&by);
    if (latencies_.size() == total_)
      context_.stop();
    else
      send();
  }

  double microseconds(double quantile) {
    const auto at =
        std::min(latencies_.size() - 1,
                 static_cast<std::size_t>(
                     quantile * static_cast<double>(latencies_.size())));
    std::nth_element(latencies_.begin(),
                     latencies_.begin() + static_cast<std::ptrdiff_t>(at),
                     latencies_.end());
    return std::chrono::duration<double, std::micro>{latencies_[at]}.count();
  }

  void print() {
    const std::chrono::duration<double> took = steady::now() - begin_;
    std::cout << nlohmann::json{{"requests", latencies_.size()},
                                {"errors", errors_},
                                {"last_error", last_error_},
                                {"per_second",
                                 static_cast<double>(latencies_.size()) /
                                     took.count()},
                                {"p50_us", microseconds(0.5)},
                                {"p99_us", microseconds(0.99)},
                                {"max_us", microseconds(1)}}
              << '\n';
  }

  const std::chrono::nanoseconds interval_;
  const std::size_t total_;
  const std::string request_;
  asio::io_context context_{1};
  asio::steady_timer timer_;
  std::vector<std::unique_ptr<connection>> all_;
  std::vector<connection*> idle_;
  std::deque<steady::time_point> waiting_;
  steady::time_point begin_;
  std::size_t came_due_ = 0;
  std::size_t errors_ = 0;
  std::string last_error_;
  std::vector<steady::duration> latencies_;
};

int run(const options& o) {
  std::smatch parts;
  static const std::regex url{R"(http://([0-9.]+):(\d+)(/.*))"};
  if (!std::regex_match(o.url, parts, url)) {
    std::cerr << "open_loop: " << o.url << " is not http://ADDRESS:PORT/PATH\n";
    return 2;
  }
  const tcp::endpoint to{
      asio::ip::make_address(parts[1].str()),
      static_cast<std::uint16_t>(std::stoul(parts[2].str()))};
  std::string request = (o.body.empty() ? "GET " : "POST ") + parts[3].str() +
                        " HTTP/1.1\r\nHost: " + parts[1].str() + ':' +
                        parts[2].str() + "\r\n";
  if (!o.body.empty())
    request += "Content-Type: application/json\r\nContent-Length: " +
               std::to_string(o.body.size()) + "\r\n";
  load{o, to, request + "\r\n" + o.body}.run();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  options o;
  CLI::App app{"Open-loop HTTP load"};
  app.add_option("url", o.url)->required();
  app.add_option("--body", o.body, "JSON to POST; without it a GET");
  app.add_option("--rate", o.rate, "requests per second")
      ->check(CLI::Range(1, 1'000'000));
  app.add_option("--seconds", o.seconds)->check(CLI::Range(1, 3600));
  app.add_option("--connections", o.connections)->check(CLI::Range(1, 1'000));
  CLI11_PARSE(app, argc, argv);
  try {
    return run(o);
  } catch (const std::exception& e) {
    std::cerr << "open_loop: " << e.what() << '\n';
    return 1;
  }
}
