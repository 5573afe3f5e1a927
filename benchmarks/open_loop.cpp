// An open-loop HTTP load: requests leave on a schedule whatever becomes of the
// ones before, and each latency counts from when its request was due, so that a
// server which stalls is not asked less (coordinated omission).
//
//   open_loop URL [--body TEXT] [--rate N] [--seconds N]
//
// POSTs the body as JSON, or GETs without one. Prints one JSON object.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "http/client/client.hpp"

namespace {

using steady = std::chrono::steady_clock;
using closedpaw::http::client_response;

struct options {
  std::string url;
  std::string body;
  std::uint32_t rate = 1000;
  std::uint32_t seconds = 2;
};

class load {
 public:
  explicit load(const options& o)
      : options_{o},
        interval_{std::chrono::nanoseconds{1'000'000'000 / o.rate}},
        total_{std::size_t{o.rate} * o.seconds},
        timer_{context_},
        client_{context_, {.max_idle_per_origin = 1024}} {
    latencies_.reserve(total_);
  }

  void run() {
    begin_ = steady::now() + std::chrono::milliseconds{10};
    next();
    context_.run();
    print();
  }

 private:
  void next() {
    if (sent_ == total_)
      return;
    timer_.expires_at(begin_ + interval_ * static_cast<long>(sent_));
    timer_.async_wait([this](const auto&) {
      // Late timers send what is due meanwhile, too.
      while (sent_ < total_ &&
             begin_ + interval_ * static_cast<long>(sent_) <= steady::now())
        send(begin_ + interval_ * static_cast<long>(sent_++));
      next();
    });
  }

  void send(steady::time_point due) {
    closedpaw::http::client_request q;
    q.url = options_.url;
    if (!options_.body.empty()) {
      q.method = "POST";
      q.headers = {{"content-type", "application/json"}};
      q.body = options_.body;
    }
    client_.fetch(std::move(q), [this, due](const auto& answer) {
      if (!answer || answer->status != 200) {
        ++errors_;
        if (!answer)
          last_error_ = answer.error().message;
        else
          last_error_ = answer->body;
      }
      latencies_.push_back(steady::now() - due);
      last_ = steady::now();
      // Kept connections would be waited for.
      if (latencies_.size() == total_)
        context_.stop();
    });
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
    const std::chrono::duration<double> took = last_ - begin_;
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

  const options options_;
  const std::chrono::nanoseconds interval_;
  const std::size_t total_;
  boost::asio::io_context context_{1};
  boost::asio::steady_timer timer_;
  closedpaw::http::client client_;
  steady::time_point begin_;
  steady::time_point last_;
  std::size_t sent_ = 0;
  std::size_t errors_ = 0;
  std::string last_error_;
  std::vector<steady::duration> latencies_;
};

}  // namespace

int main(int argc, char** argv) {
  options o;
  CLI::App app{"Open-loop HTTP load"};
  app.add_option("url", o.url)->required();
  app.add_option("--body", o.body, "JSON to POST; without it a GET");
  app.add_option("--rate", o.rate, "requests per second")
      ->check(CLI::Range(1, 1'000'000));
  app.add_option("--seconds", o.seconds)->check(CLI::Range(1, 3600));
  CLI11_PARSE(app, argc, argv);
  load{o}.run();
  return 0;
}
