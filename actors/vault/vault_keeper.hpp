#pragma once

#include <functional>

#include "actors/supervision/observed_actor.hpp"
#include "actors/vault/entry_cipher.hpp"
#include "messages/actors.hpp"
#include "messages/model/json.hpp"

namespace closedpaw::vault {

struct vault_args {
  /// The one copy that does anything.
  encryption_key key;
  /// The row that is stored under this name, or nothing; thread-safe, and
  /// shorter than a handler may take (a read of LMDB's map).
  std::function<result<std::optional<json>>(const std::string& name)> find;
};

/// Seals and opens secrets; nobody else has the key. Rows are written by
/// whoever asked, together with the event that says so.
vault_actor spawn_vault_keeper(caf::scheduled_actor* parent,
                               supervision::incarnation life, vault_args args);

}  // namespace closedpaw::vault
