#pragma once

#include <functional>

#include "actors/storage/store/registry_reader.hpp"
#include "actors/supervision/observed_actor.hpp"
#include "actors/supervision/slot.hpp"
#include "actors/vault/key_ring.hpp"
#include "messages/actors.hpp"
#include "messages/model/published.hpp"

namespace closedpaw::vault {

/// Who gets a secret of some name.
struct secret_user {
  std::string audience;
  access_level clearance = access_level::standard;
  /// Other names, which a new one makes useless.
  std::vector<std::string> replaces{};
};

struct vault_args {
  /// Whose key nobody else asks for; outlives the actor.
  key_ring* ring = nullptr;
  supervision::slot_ptr<audit_logger_actor> logger;
  /// The row of the registry that has this key, or nothing; thread-safe, and
  /// shorter than a handler may take (a read of LMDB's map).
  std::function<result<std::optional<json>>(const std::string& key)> find;
  /// All rows below a prefix, likewise.
  std::function<result<std::vector<storage::registry_row>>(std::string_view)>
      list;
  /// not_found when nobody would ask for a secret of that name.
  std::function<result<secret_user>(const std::string& name)> user_of;
  /// Whoever it is for may try again, with another one or with the same.
  std::function<void(const std::string& name, bool is_other)> changed;
  /// Runs what takes long in another thread.
  std::function<void(std::function<void()>)> apart;
  /// What was committed is on the disk after it.
  std::function<result<void>()> sync;
  /// Events that belong to no change.
  std::function<void(audit_event)> report;
  published<vault_view>* view = nullptr;
  published<access_tokens>* tokens = nullptr;
  /// A token may have ended: who came in with it is to ask again.
  std::function<void()> token_ended;
  wall_clock now = system_now;
};

/// What the store has of them; one that cannot be read lets nobody in.
access_tokens tokens_in(const std::vector<storage::registry_row>& rows);

/// Seals and opens secrets, changes the key, and makes and revokes tokens. What
/// an operator changes it records itself; rows that belong to a registration
/// are written by whoever asked, together with the event that says so.
vault_actor spawn_vault_keeper(caf::scheduled_actor* parent,
                               supervision::incarnation life, vault_args args);

}  // namespace closedpaw::vault
