#include "http/cli/daemon_client.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

#include "http/client/client.hpp"
#include "messages/model/framing.hpp"
#include "messages/model/json_fields.hpp"

namespace closedpaw::cli {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds reconnect_pause{500};
/// The daemon sends a comment every 15 s.
constexpr std::chrono::milliseconds stream_idle{60'000};
constexpr std::chrono::hours stream_total{24 * 30};

}  // namespace

/// Events on their way from the client's thread to the caller's.
class event_queue final : public http::body_sink {
 public:
  explicit event_queue(std::string last_id) : last_id_{std::move(last_id)} {}

  bool write(std::string_view bytes) override {
    const std::lock_guard lock{mutex_};
    const bool whole = framer_.feed(bytes, [this](const frame& x) {
      if (!x.id.empty())
        last_id_ = x.id;
      auto data = parse_json(x.data);
      events_.push_back({std::string{x.id}, std::string{x.event},
                         data ? std::move(*data) : json()});
      return true;
    });
    ready_.notify_one();
    return whole;
  }
  bool wants_pause() override { return false; }
  void when_ready(std::function<void()> resume) override { resume(); }

  void end() {
    const std::lock_guard lock{mutex_};
    ended_ = true;
    ready_.notify_one();
  }
  /// Nothing: it took too long, or the stream ended.
  std::optional<daemon_event> next(std::chrono::milliseconds within) {
    std::unique_lock lock{mutex_};
    ready_.wait_for(lock, within,
                    [this] { return ended_ || !events_.empty(); });
    if (events_.empty())
      return std::nullopt;
    auto out = std::move(events_.front());
    events_.pop_front();
    return out;
  }
  bool ended() const {
    const std::lock_guard lock{mutex_};
    return ended_ && events_.empty();
  }
  std::string last_id() const {
    const std::lock_guard lock{mutex_};
    return last_id_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable ready_;
  sse_framer framer_;
  std::deque<daemon_event> events_;
  std::string last_id_;
  bool ended_ = false;
};

/// Cuts a body into lines.
class line_splitter final : public http::body_sink {
 public:
  explicit line_splitter(std::function<bool(std::string_view)> line)
      : line_{std::move(line)} {}

  bool write(std::string_view bytes) override {
    rest_ += bytes;
    std::size_t begin = 0;
    for (auto end = rest_.find('\n'); end != std::string::npos;
         end = rest_.find('\n', begin)) {
      if (!line_(std::string_view{rest_}.substr(begin, end - begin)))
        return false;
      begin = end + 1;
    }
    rest_.erase(0, begin);
    return true;
  }
  bool wants_pause() override { return false; }
  void when_ready(std::function<void()> resume) override { resume(); }

 private:
  std::function<bool(std::string_view)> line_;
  std::string rest_;
};

namespace {

failure of_daemon(const http::client_response& r) {
  const auto body = parse_json(r.body);
  failure out{errc::upstream_failed, {}, {}, {{"status", r.status}}};
  if (body) {
    const auto detail = body->is_object() ? body->find("detail") : body->end();
    if (detail != body->end())
      out.message =
          detail->is_string() ? detail->get<std::string>() : dump(*detail);
    out.extra["body"] = *body;
  }
  if (r.status == 404)
    out.code = errc::not_found;
  else if (r.status == 503)
    out.code = errc::unavailable;
  if (out.message.empty())
    out.message = "the daemon answered with status " + std::to_string(r.status);
  return out;
}

}  // namespace

struct daemon_client::impl {
  explicit impl(daemon_address where)
      : base_url{std::move(where.url)},
        token{std::move(where.token)},
        work{io.get_executor()},
        client{io, {.extra_ca_pem = std::move(where.ca_pem)}} {
    // Signals are for the caller's thread, which may be at a terminal.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    runner = std::thread{[this] { io.run(); }};
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }
  ~impl() {
    stream.cancel();
    work.reset();
    client.close_idle();
    io.stop();
    runner.join();
  }

  http::client_request request_for(std::string_view path) const {
    http::client_request q;
    q.url = base_url;
    q.url += path;
    // What is on another machine is where its owner put it.
    q.allow_private_addresses = true;
    if (!token.empty())
      q.headers.emplace_back("Authorization", "Bearer " + token.reveal());
    return q;
  }

  /// Any answer but a refusal.
  result<http::client_response> exchange(http::client_request q) {
    auto done = std::make_shared<std::promise<result<http::client_response>>>();
    auto answer = done->get_future();
    client.fetch(std::move(q), [done](result<http::client_response> r) {
      done->set_value(std::move(r));
    });
    auto got = answer.get();
    if (!got) {
      auto why = got.error();
      if (why.code == errc::unreachable)
        why.message +=
            "; is the daemon running? Start it with `closedpaw "
            "serve`, or name another one with --url";
      return why;
    }
    if (got->status / 100 != 2)
      return of_daemon(*got);
    return got;
  }

  result<json> ask(http::client_request q) {
    auto got = exchange(std::move(q));
    if (!got)
      return got.error();
    return read(*got);
  }

  result<json> read(const http::client_response& got) const {
    auto body = parse_json(got.body);
    if (!body)
      return failure{errc::upstream_malformed,
                     base_url +
                         " answered with what is no JSON; is that a "
                         "ClosedPaw daemon?",
                     {},
                     {}};
    return {boost::system::in_place_value, std::move(*body)};
  }

  void open_stream() {
    const auto last = events ? events->last_id() : std::string{};
    stream.cancel();
    events = std::make_shared<event_queue>(last);
    auto q = request_for(followed);
    q.headers.emplace_back("accept", "text/event-stream");
    if (!last.empty())
      q.headers.emplace_back("last-event-id", last);
    q.timeouts = {5s, 30s, stream_idle, stream_total};
    q.max_response_bytes = std::numeric_limits<std::size_t>::max();
    q.sink = events;
    stream =
        client.fetch(std::move(q), [to = events](const auto&) { to->end(); });
  }

  std::string base_url;
  secret_text token;
  boost::asio::io_context io;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work;
  http::client client;
  std::thread runner;
  std::string followed;
  http::cancel_handle stream;
  std::shared_ptr<event_queue> events;
};

daemon_client::daemon_client(daemon_address where)
    : impl_{std::make_unique<impl>(std::move(where))} {}

daemon_client::~daemon_client() = default;

result<json> daemon_client::get(std::string_view path) {
  auto q = impl_->request_for(path);
  return impl_->ask(std::move(q));
}

result<daemon_client::page> daemon_client::get_page(std::string_view path) {
  auto q = impl_->request_for(path);
  auto got = impl_->exchange(std::move(q));
  if (!got)
    return got.error();
  auto items = impl_->read(*got);
  if (!items)
    return items.error();
  // RFC 8288, as the daemon writes it: <PATH>; rel="next"
  const auto link = got->header_value("link");
  const auto end = link.find(">; rel=\"next\"");
  const bool more = link.starts_with('<') && end != std::string_view::npos;
  return page{std::move(*items),
              more ? std::string{link.substr(1, end - 1)} : std::string{}};
}

result<std::string> daemon_client::get_text(std::string_view path) {
  auto q = impl_->request_for(path);
  auto got = impl_->exchange(std::move(q));
  if (!got)
    return got.error();
  return std::move(got->body);
}

result<json> daemon_client::post(std::string_view path, const json& body) {
  auto q = impl_->request_for(path);
  q.method = "POST";
  q.headers.emplace_back("Content-Type", "application/json");
  q.body = dump(body);
  return impl_->ask(std::move(q));
}

result<json> daemon_client::remove(std::string_view path, const json& body) {
  auto q = impl_->request_for(path);
  q.method = "DELETE";
  if (body.is_object()) {
    q.headers.emplace_back("Content-Type", "application/json");
    q.body = dump(body);
  }
  return impl_->ask(std::move(q));
}

bool wants_owner_secret(const failure& why) {
  if (!why.extra.is_object() || !why.extra.contains("body"))
    return false;
  const auto& body = why.extra["body"];
  return body.is_object() && body.value("owner_secret", "") == "required";
}

result<void> daemon_client::read_lines(
    std::string_view path, std::function<bool(std::string_view)> line) {
  auto q = impl_->request_for(path);
  // Whoever waits for events to come may wait for long.
  q.timeouts = {5s, 30s, stream_total, stream_total};
  q.max_response_bytes = std::numeric_limits<std::size_t>::max();
  q.sink = std::make_shared<line_splitter>(std::move(line));
  const auto got = impl_->exchange(std::move(q));
  if (!got)
    return got.error();
  return {};
}

void daemon_client::follow(std::string_view path) {
  impl_->followed = path;
  impl_->events.reset();
  impl_->open_stream();
}

std::optional<daemon_event> daemon_client::next_event(
    std::chrono::milliseconds within) {
  if (auto found = impl_->events->next(within))
    return found;
  if (!impl_->events->ended())
    return std::nullopt;
  std::this_thread::sleep_for(reconnect_pause);
  const auto last = impl_->events->last_id();
  impl_->open_stream();
  return daemon_event{last, "reconnected", {}};
}

std::string url_encoded(std::string_view text) {
  return boost::urls::encode(text, boost::urls::unreserved_chars);
}

}  // namespace closedpaw::cli
