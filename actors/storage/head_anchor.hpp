#pragma once

#include <filesystem>
#include <functional>

#include "actors/audit/signed_head.hpp"
#include "actors/storage/store/store.hpp"
#include "actors/supervision/observed_actor.hpp"
#include "http/client/client.hpp"
#include "messages/actors.hpp"
#include "messages/model/live_state.hpp"

namespace closedpaw::storage {

struct head_anchor_args {
  /// Outlives the actor, like the key.
  const store* where = nullptr;
  const audit::signing_key* key = nullptr;
  std::filesystem::path file;
  /// Empty: no webhook.
  std::string webhook;
  std::chrono::milliseconds interval{60'000};
  /// http::client::fetch of main's client.
  std::function<http::cancel_handle(http::client_request,
                                    http::client::callback)>
      fetch;
  published<anchor_view>* view = nullptr;
  wall_clock now = system_now;
};

/// Signs the log's head on a period, when it has grown, and leaves it where a
/// later change of the log would show: in a file, and at a webhook until that
/// has taken it. Never blocks: the disk is written by a thread beside it.
head_anchor_actor spawn_head_anchor(caf::scheduled_actor* parent,
                                    supervision::incarnation life,
                                    head_anchor_args args);

}  // namespace closedpaw::storage
