#include "http/client/exchange.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/url/grammar/ci_string.hpp>
#include <iterator>

#include "http/client/explain.hpp"

namespace closedpaw::http::client_detail {

namespace asio = boost::asio;
namespace beast_http = boost::beast::http;
using boost::system::error_code;

namespace {

/// Read at a time: little at first, since most answers are short and what is
/// freed is wiped.
constexpr std::size_t first_read = 4'096;
constexpr std::size_t most_read = 32'768;
constexpr std::uint32_t max_header_bytes = 64 * 1024;
/// Interim answers (1xx) that may precede the real one.
constexpr int max_interim = 16;

/// Beast's parser, fed by hand: so that the first byte, each pause and the
/// bytes that arrive after the end can be told apart.
class response_reader {
 public:
  explicit response_reader(const client_request& request)
      : head_{request.method == "HEAD"}, limit_{request.max_response_bytes} {
    renew();
  }

  asio::mutable_buffer prepare() { return buffer_.prepare(next_read_); }
  bool done() const { return done_; }
  bool started() const { return started_; }
  /// Nothing arrived after the answer, and the connection stays open.
  bool reusable() const {
    return done_ && parser_->keep_alive() && buffer_.size() == 0;
  }

  error_code feed(std::size_t bytes) {
    started_ = started_ || bytes > 0;
    if (bytes == next_read_)
      next_read_ = most_read;
    buffer_.commit(bytes);
    error_code ec;
    while (!done_ && buffer_.size() > 0) {
      buffer_.consume(parser_->put(buffer_.data(), ec));
      // What is left is a part of a header, of a chunk's or of the trailer.
      if (ec == beast_http::error::need_more) {
        return buffer_.size() > max_header_bytes
                   ? error_code{beast_http::error::header_limit}
                   : error_code{};
      }
      if (ec) {
        return ec;
      }
      if (parser_->is_done()) {
        ec = complete();
        if (ec) {
          return ec;
        }
      }
    }
    return {};
  }

  /// The peer closed: the end of the answer if that is how it ends.
  error_code feed_end() {
    // Only an interim answer came, and the parser for the real one is unused.
    if (!parser_->got_some()) {
      return beast_http::error::end_of_stream;
    }
    error_code ec;
    parser_->put_eof(ec);
    done_ = !ec && parser_->is_done();
    return ec;
  }

  /// The status is known, and is one whose body the sink is to have.
  bool is_success() const {
    return parser_->is_header_done() && parser_->get().result_int() / 100 == 2;
  }
  /// What has come of the body since the last call.
  std::string take_body() { return std::exchange(parser_->get().body(), {}); }

  client_response take() {
    client_response out;
    auto message = parser_->release();
    out.status = message.result_int();
    for (const auto& x : message) {
      auto& [name, value] = out.headers.emplace_back();
      // Names are ASCII; a locale's facet would be looked up for each letter.
      std::ranges::transform(x.name_string(), std::back_inserter(name),
                             boost::urls::grammar::to_lower);
      value = x.value();
    }
    out.body = std::move(message.body());
    return out;
  }

 private:
  void renew() {
    parser_.emplace();
    parser_->eager(true);
    parser_->skip(head_);
    parser_->header_limit(max_header_bytes);
    parser_->body_limit(limit_);
  }

  error_code complete() {
    auto status = parser_->get().result_int();
    if (status < 200) {
      // We never ask for an upgrade, so 101 answers nothing of ours.
      if (status == 101 || ++interim_ > max_interim) {
        return beast_http::error::bad_status;
      }
      renew();
      return {};
    }
    done_ = true;
    return {};
  }

  bool head_;
  std::size_t limit_;
  bool done_ = false;
  bool started_ = false;
  int interim_ = 0;
  std::size_t next_read_ = first_read;
  boost::beast::flat_buffer buffer_;
  std::optional<beast_http::response_parser<beast_http::string_body>> parser_;
};

failure parse_failure(const job& j, const error_code& ec) {
  if (ec == beast_http::error::body_limit ||
      ec == beast_http::error::buffer_overflow) {
    return explain::long_answer(j.target(), j.request().max_response_bytes);
  }
  return explain::not_http(j.target(), ec.message());
}

exchange_outcome fail(failure why) {
  exchange_outcome out;
  out.error = std::move(why);
  return out;
}

/// What a failed read means, by how far the answer had come.
exchange_outcome read_failure(const job& j, response_reader& reader,
                              const error_code& ec) {
  if (!reader.started()) {
    auto out = fail(explain::no_answer(j.target(), ec));
    out.lost_before_answer = true;
    return out;
  }
  // A TLS stream without its closing alert may have been cut by anyone, so it
  // ends no answer.
  auto cut = ec == asio::ssl::error::stream_truncated;
  if (ec != asio::error::eof && !cut) {
    return fail(explain::broken_answer(j.target(), ec));
  }
  if (cut || reader.feed_end() || !reader.done()) {
    return fail(explain::short_answer(j.target()));
  }
  return {};
}

/// Sleeps until the sink wants more. What the sink is given may outlive the
/// fetch and its context, so it holds on to neither.
task<void> wait_for(job& j, body_sink& sink) {
  struct alarm {
    explicit alarm(const executor_type& executor)
        : timer{executor, steady::time_point::max()} {}
    client_detail::timer timer;
    bool rang = false;

    void ring() {
      rang = true;
      timer.cancel();
    }
  };
  auto bell = std::make_shared<alarm>(j.executor());
  auto restore = j.on_interrupt([bell] { bell->ring(); });
  j.arm(phase::total);
  sink.when_ready([weak = std::weak_ptr<alarm>{bell}] {
    if (auto alive = weak.lock()) {
      auto executor = alive->timer.get_executor();
      asio::post(executor, [alive = std::move(alive)] { alive->ring(); });
    }
  });
  if (!bell->rang && !j.ended())
    co_await bell->timer.async_wait(as_values);
  j.on_interrupt(std::move(restore));
  j.arm(phase::idle);
}

/// Gives the sink what came. A failure ends the exchange.
task<std::optional<failure>> deliver(job& j, response_reader& reader) {
  auto& sink = *j.request().sink;
  if (auto bytes = reader.take_body(); !bytes.empty() && !sink.write(bytes))
    co_return explain::cancelled(j.target());
  while (!reader.done() && sink.wants_pause() && !j.ended()) {
    co_await wait_for(j, sink);
    const auto why = j.ended();
    if (why && why->code == errc::timeout)
      co_return explain::slow_reader(j.target(), j.request().timeouts.total);
  }
  co_return j.ended();
}

}  // namespace

task<exchange_outcome> exchange(job& j, connection& c,
                                const std::string& head) {
  j.arm(phase::first_byte);
  auto sent =
      co_await c.write({asio::buffer(head), asio::buffer(j.request().body)});
  response_reader reader{j.request()};
  // After a failed write an early answer (413, say) may still be there to read.
  while (!reader.done()) {
    auto ended = j.ended();
    if (ended) {
      co_return fail(std::move(*ended));
    }
    auto got = co_await c.read_some(reader.prepare());
    ended = j.ended();
    if (ended) {
      co_return fail(std::move(*ended));
    }
    if (got.error) {
      auto out = read_failure(j, reader, got.error);
      out.nothing_written = sent.bytes == 0;
      if (out.error) {
        co_return out;
      }
      break;
    }
    if (!reader.started()) {
      j.timing().first_byte = j.elapsed();
    }
    const auto& sink = j.request().sink;
    if (!sink || !sink->is_enough())
      j.arm(phase::idle);
    auto ec = reader.feed(got.bytes);
    if (ec) {
      co_return fail(parse_failure(j, ec));
    }
    if (sink && reader.is_success()) {
      const bool had_enough = sink->is_enough();
      auto why = co_await deliver(j, reader);
      if (why) {
        co_return fail(std::move(*why));
      }
      if (!had_enough && sink->is_enough())
        j.arm(phase::rest);
    }
  }
  exchange_outcome out;
  out.reusable = !sent.error && reader.reusable();
  out.response = reader.take();
  co_return out;
}

}  // namespace closedpaw::http::client_detail
