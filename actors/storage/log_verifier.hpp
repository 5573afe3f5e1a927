#pragma once

#include "actors/storage/store/store.hpp"
#include "actors/supervision/observed_actor.hpp"
#include "messages/actors.hpp"
#include "messages/model/live_state.hpp"

namespace closedpaw::storage {

struct log_verifier_args {
  const store* where = nullptr;
  /// How often it verifies unasked; 0 never.
  std::chrono::milliseconds interval{0};
  published<verification_view>* view = nullptr;
  wall_clock now = system_now;
};

/// Recomputes the log, a part at a time, in a thread of its own: when it is
/// asked, and on a period.
log_verifier_actor spawn_log_verifier(caf::scheduled_actor* parent,
                                      supervision::incarnation life,
                                      bool detached, log_verifier_args args);

}  // namespace closedpaw::storage
