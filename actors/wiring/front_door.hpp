#pragma once

#include <functional>

#include "actors/supervision/slot.hpp"
#include "actors/wiring/settings_keeper.hpp"
#include "http/routes/router.hpp"
#include "messages/actors.hpp"

namespace closedpaw::wiring {

/// The sink of the HTTP server: answers live state on the session's strand, and
/// gives everything else to the gateway. Outlives every actor; any thread.
class front_door {
 public:
  /// `in_flight`: requests that have no answer yet, the present one included.
  /// Mailboxes are unbounded, so admission is limited before them.
  front_door(std::vector<http::route> routes, const live_state& live,
             const settings_keeper& settings,
             supervision::slot_ptr<gateway_actor> gateway,
             std::function<std::uint64_t()> in_flight);

  std::optional<http::response> handle(http::request&& r,
                                       http::reply_slot& reply);

  /// How long a session waits before it answers 504 itself: a little longer
  /// than the gateway, whose answer says more.
  std::chrono::milliseconds session_deadline(http::method verb,
                                             std::string_view path) const;

 private:
  std::chrono::milliseconds deadline_for(const command& c) const;

  http::router router_;
  const live_state& live_;
  const settings_keeper& settings_;
  supervision::slot_ptr<gateway_actor> gateway_;
  std::function<std::uint64_t()> in_flight_;
};

}  // namespace closedpaw::wiring
