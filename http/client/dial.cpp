#include "http/client/dial.hpp"

#include <boost/asio/ip/address.hpp>

#include "http/client/explain.hpp"
#include "http/client/lookups.hpp"

namespace closedpaw::http::client_detail {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using connected = result<std::shared_ptr<connection>>;

namespace {

/// Closes the connection when its share of the time has passed.
struct share_timer {
  share_timer(const executor_type& executor, steady::duration share,
              const std::shared_ptr<connection>& c)
      : state{std::make_shared<shared>(executor, share)} {
    state->timer.async_wait([s = state, c](const error_code& ec) {
      if (!ec && !s->over) {
        s->fired = true;
        c->close();
      }
    });
  }
  share_timer(const share_timer&) = delete;
  share_timer& operator=(const share_timer&) = delete;
  ~share_timer() {
    state->over = true;
    state->timer.cancel();
  }

  struct shared {
    shared(const executor_type& executor, steady::duration share)
        : timer{executor, share} {}
    client_detail::timer timer;
    bool over = false;
    bool fired = false;
  };
  std::shared_ptr<shared> state;
};

task<error_code> connect_one(job& j, std::shared_ptr<connection> c,
                             const tcp::endpoint& to, std::size_t candidates) {
  if (candidates <= 1) {
    co_return co_await c->connect(to);
  }
  auto left = j.deadline() - steady::now();
  share_timer guard{j.executor(), left / static_cast<long>(candidates), c};
  auto failed = co_await c->connect(to);
  if (guard.state->fired) {
    co_return asio::error::timed_out;
  }
  co_return failed;
}

}  // namespace

task<result<endpoints>> resolve(job& j) {
  const auto& to = j.target();
  error_code not_an_address;
  auto address = asio::ip::make_address(to.host, not_an_address);
  if (!not_an_address) {
    co_return endpoints{{address, to.port}};
  }
  if (to.host == "localhost" || to.host.ends_with(".localhost")) {
    co_return endpoints{{asio::ip::address_v4::loopback(), to.port},
                        {asio::ip::address_v6::loopback(), to.port}};
  }
  auto state = lookups::find(j.executor(), to.host, to.port);
  if (!state->done) {
    auto wake =
        std::make_shared<timer>(j.executor(), steady::time_point::max());
    state->waiting.push_back(wake);
    j.on_interrupt([wake] { wake->cancel(); });
    co_await wake->async_wait(as_values);
  }
  if (auto why = j.ended()) {
    co_return *why;
  }
  if (state->error) {
    co_return explain::cannot_resolve(to, state->error);
  }
  co_return state->found;
}

task<connected> connect_any(job& j, const client_options& options,
                            const endpoints& addresses) {
  std::optional<failure> first;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const auto& to = addresses[i];
    if (options.refuse_address) {
      auto why = options.refuse_address(to.address().to_string(), to.port(),
                                        j.request().allow_private_addresses);
      if (why) {
        first = first ? first : explain::address_refused(j.target(), *why);
        continue;
      }
    }
    auto c = std::make_shared<connection>(j.executor());
    j.on_interrupt([c] { c->close(); });
    auto failed = co_await connect_one(j, c, to, addresses.size() - i);
    if (auto why = j.ended()) {
      co_return *why;
    }
    if (!failed) {
      co_return c;
    }
    first = first ? first : explain::cannot_connect(j.target(), failed);
  }
  co_return first
      ? *first
      : explain::cannot_resolve(j.target(), asio::error::host_not_found);
}

task<connected> dial(job& j, const client_options& options,
                     const tls_setup& tls) {
  j.arm(phase::connect);
  if (j.target().secure && !tls.context) {
    co_return explain::tls_failed(j.target(), tls.error);
  }
  auto addresses = co_await resolve(j);
  if (!addresses) {
    co_return addresses.error();
  }
  auto made = co_await connect_any(j, options, *addresses);
  if (made && j.target().secure) {
    auto c = *made;
    auto error = co_await c->handshake(*tls.context, j.target().host);
    if (auto why = j.ended()) {
      co_return *why;
    }
    if (!error.empty()) {
      co_return explain::tls_failed(j.target(), error);
    }
  }
  co_return made;
}

}  // namespace closedpaw::http::client_detail
