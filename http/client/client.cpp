#include "http/client/client.hpp"

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <set>

#include "http/client/dial.hpp"
#include "http/client/exchange.hpp"
#include "http/client/explain.hpp"
#include "http/client/pool.hpp"
#include "http/client/request_head.hpp"
#include "http/client/websocket_session.hpp"

namespace closedpaw::http {

namespace asio = boost::asio;
using namespace client_detail;

namespace {

std::string text_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "an unknown exception";
  }
}

/// Which kept connections may carry it: where private addresses are refused,
/// none that was dialled where they are not.
std::string kind_of(const job& j) {
  return j.target().origin() +
         (j.request().allow_private_addresses ? " private" : "");
}

}  // namespace

std::string_view client_response::header_value(
    std::string_view lower_case_name) const {
  for (const auto& [name, value] : headers) {
    if (name == lower_case_name) {
      return value;
    }
  }
  return {};
}

/// Everything but the counters is touched by the io_context's thread only.
struct client::impl : std::enable_shared_from_this<client::impl> {
  impl(asio::io_context& context, client_options opts)
      : executor{context.get_executor()},
        options{std::move(opts)},
        kept{options.max_idle_per_origin, options.max_idle,
             options.idle_expiry},
        sweeper{executor} {}

  task<result<client_response>> perform(std::shared_ptr<job> j);
  task<exchange_outcome> on_new_connection(job& j, const std::string& head);
  void settle(const job& j, std::shared_ptr<connection> c,
              const exchange_outcome& outcome);
  void begin(const std::shared_ptr<job>& j, callback done);
  void finish(const std::shared_ptr<job>& j, const callback& done,
              result<client_response> outcome);
  void begin_websocket(const std::shared_ptr<job>& j,
                       const std::shared_ptr<websocket::connection_state>& s);
  void sweep();
  void shut_down();
  const tls_setup& tls_for(const url& to);

  executor_type executor;
  client_options options;
  pool kept;
  timer sweeper;
  bool sweeping = false;
  bool closed = false;
  std::optional<std::string> blocked;
  std::optional<tls_setup> tls;
  std::set<std::shared_ptr<job>> active;

  std::atomic<std::uint64_t> requests = 0;
  std::atomic<std::uint64_t> failures = 0;
  std::atomic<std::uint64_t> connects = 0;
  std::atomic<std::uint64_t> reuses = 0;
  std::atomic<std::uint64_t> retries = 0;
  std::atomic<std::uint64_t> in_flight = 0;
  std::atomic<std::uint64_t> idle = 0;
};

/// Loading the system's certificates takes memory and milliseconds, so it
/// waits for the first https request.
const tls_setup& client::impl::tls_for(const url& to) {
  if (!to.secure) {
    static const tls_setup none;
    return none;
  }
  if (!tls) {
    tls = make_tls_setup(options.extra_ca_pem, "http/1.1");
  }
  return *tls;
}

task<exchange_outcome> client::impl::on_new_connection(
    job& j, const std::string& head) {
  auto before = j.elapsed();
  auto made = co_await dial(j, options, tls_for(j.target()));
  if (!made) {
    exchange_outcome out;
    out.error = made.error();
    co_return out;
  }
  ++connects;
  j.timing().connect = j.elapsed() - before;
  auto c = *made;
  auto out = co_await exchange(j, *c, head);
  settle(j, std::move(c), out);
  co_return out;
}

task<result<client_response>> client::impl::perform(std::shared_ptr<job> j) {
  j->start();
  auto head = request_head(j->request(), j->target(), options.user_agent);
  if (!head) {
    co_return head.error();
  }
  if (auto why = j->ended()) {
    co_return *why;
  }
  exchange_outcome out;
  auto c = kept.take(kind_of(*j), steady::now());
  idle = kept.size();
  bool again = c == nullptr;
  if (c) {
    ++reuses;
    j->on_interrupt([c] { c->close(); });
    out = co_await exchange(*j, *c, *head);
    settle(*j, std::move(c), out);
    again = out.lost_before_answer &&
            (out.nothing_written || is_idempotent(j->request().method));
    retries += again ? 1 : 0;
  }
  if (again) {
    out = co_await on_new_connection(*j, *head);
  }
  if (out.error) {
    co_return *out.error;
  }
  out.response.timing = j->timing();
  out.response.timing.total = j->elapsed();
  co_return std::move(out.response);
}

void client::impl::settle(const job& j, std::shared_ptr<connection> c,
                          const exchange_outcome& outcome) {
  if (!outcome.reusable || closed) {
    c->close();
    return;
  }
  kept.put(kind_of(j), std::move(c), steady::now());
  idle = kept.size();
  if (!sweeping) {
    sweep();
  }
}

/// Closes expired connections, and sleeps until the next one expires.
void client::impl::sweep() {
  auto next = kept.expire(steady::now());
  idle = kept.size();
  sweeping = next.has_value();
  if (!next) {
    return;
  }
  sweeper.expires_at(*next);
  sweeper.async_wait([weak = weak_from_this()](const auto& ec) {
    auto self = weak.lock();
    if (self && !ec) {
      self->sweep();
    }
  });
}

void client::impl::begin(const std::shared_ptr<job>& j, callback done) {
  if (closed) {
    j->cancel();
    finish(j, done, explain::cancelled(j->target()));
    return;
  }
  if (blocked && !j->request().for_operator) {
    finish(j, done, explain::blocked(j->target(), *blocked));
    return;
  }
  active.insert(j);
  auto self = shared_from_this();
  asio::co_spawn(
      executor, perform(j),
      [self, j, done = std::move(done)](const std::exception_ptr& thrown,
                                        result<client_response> outcome) {
        if (thrown) {
          outcome = explain::defect(j->target(), text_of(thrown));
        }
        self->finish(j, done, std::move(outcome));
      });
}

void client::impl::finish(const std::shared_ptr<job>& j, const callback& done,
                          result<client_response> outcome) {
  j->finish();
  active.erase(j);
  --in_flight;
  failures += outcome ? 0 : 1;
  done(std::move(outcome));
}

void client::impl::begin_websocket(
    const std::shared_ptr<job>& j,
    const std::shared_ptr<websocket::connection_state>& s) {
  active.insert(j);
  asio::co_spawn(
      executor, run_websocket(s, j, options, tls_for(j->target())),
      [self = shared_from_this(), j, s](const std::exception_ptr& thrown,
                                        websocket_end how) {
        if (thrown)
          how = {{}, {}, explain::defect(j->target(), text_of(thrown))};
        self->active.erase(j);
        end(s, std::move(how));
      });
}

void client::impl::shut_down() {
  closed = true;
  kept.clear();
  idle = 0;
  sweeper.cancel();
  for (const auto& j : active) {
    j->cancel();
  }
}

client::client(asio::io_context& context, client_options options)
    : impl_{std::make_shared<impl>(context, std::move(options))} {}

client::~client() {
  asio::post(impl_->executor, [self = impl_] { self->shut_down(); });
}

cancel_handle client::fetch(client_request request, callback done) {
  ++impl_->requests;
  ++impl_->in_flight;
  auto to = parse_url(request.url);
  auto j = std::make_shared<job>(impl_->executor, std::move(request),
                                 to ? *to : url{});
  asio::post(impl_->executor, [self = impl_, j, to = std::move(to),
                               done = std::move(done)]() mutable {
    if (!to) {
      self->finish(j, done, explain::bad_request(to.error().message));
      return;
    }
    self->begin(j, std::move(done));
  });
  return cancel_handle{[weak = std::weak_ptr<job>{j}] {
    // The context is reached through the job: with the one gone, so is the
    // other.
    if (auto alive = weak.lock()) {
      asio::post(alive->executor(), [alive] { alive->cancel(); });
    }
  }};
}

websocket client::open(websocket_request request, websocket_events events) {
  client_request q;
  // The same rules, addresses and deadlines as for a fetch.
  q.url = request.url;
  if (q.url.starts_with("ws"))
    q.url.replace(0, 2, "http");
  q.timeouts = request.timeouts;
  q.timeouts.total = std::chrono::hours{24 * 365};
  q.allow_private_addresses = request.allow_private_addresses;
  auto to = parse_url(q.url);
  auto j =
      std::make_shared<job>(impl_->executor, std::move(q), to ? *to : url{});
  auto state = make_websocket_state(impl_->executor, std::move(request),
                                    std::move(events));
  asio::post(impl_->executor, [self = impl_, j, state, to = std::move(to)] {
    if (!to)
      end(state, {{}, {}, explain::bad_request(to.error().message)});
    else if (self->closed)
      end(state, {{}, {}, explain::cancelled(j->target())});
    else if (self->blocked)
      end(state, {{}, {}, explain::blocked(j->target(), *self->blocked)});
    else
      self->begin_websocket(j, state);
  });
  return websocket{state};
}

void client::block(std::string why) {
  asio::post(impl_->executor, [self = impl_, why = std::move(why)]() mutable {
    self->blocked = std::move(why);
    // Each leaves the set when its coroutine ends, which is later.
    for (const auto& j : self->active)
      if (!j->request().for_operator)
        j->cancel();
  });
}

void client::unblock() {
  asio::post(impl_->executor, [self = impl_] { self->blocked.reset(); });
}

void client::close_idle() {
  asio::post(impl_->executor, [self = impl_] {
    self->kept.clear();
    self->idle = 0;
  });
}

client_stats client::stats() const {
  return {.requests = impl_->requests,
          .failures = impl_->failures,
          .connects = impl_->connects,
          .reuses = impl_->reuses,
          .retries = impl_->retries,
          .in_flight = impl_->in_flight,
          .idle_connections = impl_->idle};
}

}  // namespace closedpaw::http
