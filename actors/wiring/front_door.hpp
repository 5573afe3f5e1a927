#pragma once

#include <functional>

#include "actors/security/access_control.hpp"
#include "actors/security/rate_limiter.hpp"
#include "actors/security/refusal_teller.hpp"
#include "actors/supervision/slot.hpp"
#include "actors/wiring/settings_keeper.hpp"
#include "http/routes/router.hpp"
#include "messages/actors.hpp"
#include "messages/exchange.hpp"

namespace closedpaw::wiring {

/// The sink of the HTTP server: answers live state on the event loop's thread,
/// and gives everything else to the gateway. Outlives every actor; runs in the
/// server's thread.
class front_door {
 public:
  /// Runs it in the same thread, after what is ready to run now.
  using defer_function = std::function<void(std::function<void()>)>;

  /// Told of a client that asks too often.
  using limited_function =
      std::function<void(const http::request&, const security::rate_verdict&)>;
  /// Told of one that has no or a wrong token; with how many there were since
  /// the last event, where there is to be one.
  using refused_function =
      std::function<void(const http::request&, const failure& why,
                         std::optional<std::uint64_t> times)>;

  /// `in_flight`: requests that have no answer yet, the present one included.
  /// Mailboxes are unbounded, so admission is limited before them.
  front_door(std::vector<http::route> routes, const live_state& live,
             const settings_keeper& settings,
             supervision::slot_ptr<gateway_actor> gateway,
             std::function<std::uint64_t()> in_flight, defer_function defer,
             limited_function limited, refused_function refused);

  std::optional<http::response> handle(http::request&& r,
                                       http::reply_slot& reply);

  /// How long a session waits before it answers 504 itself: a little longer
  /// than the gateway, whose answer says more.
  std::chrono::milliseconds session_deadline(http::method verb,
                                             std::string_view path) const;

  /// Browsers' sessions; on the server's thread.
  result<std::string> log_in(const std::string& token_id);
  /// Whether one ended.
  bool log_out(std::string_view cookie) { return logins_.end(cookie); }
  bool forget_old_logins() { return logins_.forget_old(live_.now()) > 0; }

 private:
  /// Says who asks, or the 401 or 403 that it gets.
  std::optional<http::response> admit(http::request& r,
                                      const http::route* target);
  static std::optional<failure> hold(command& what);
  http::response turned_away(const http::request& r, const failure& why);
  /// The 429 that it gets, if any.
  std::optional<http::response> limit(const http::request& r,
                                      const http::route* target,
                                      http::reply_slot& reply);
  void hand_over();
  std::chrono::milliseconds deadline_for(const command& c) const;

  http::router router_;
  const live_state& live_;
  const settings_keeper& settings_;
  supervision::slot_ptr<gateway_actor> gateway_;
  std::function<std::uint64_t()> in_flight_;
  defer_function defer_;
  limited_function limited_;
  refused_function refused_;
  security::rate_limiter limiter_;
  security::refusal_teller strangers_;
  security::login_sessions logins_;
  /// Commands of this turn of the event loop.
  exchange_batch arrived_;
};

}  // namespace closedpaw::wiring
