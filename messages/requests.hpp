#pragma once

#include <map>
#include <string>
#include <vector>

#include "messages/model/command.hpp"
#include "messages/model/secret.hpp"
#include "messages/model/vault.hpp"

namespace closedpaw {

/// A command with the one who gave it.
template <class Command>
struct ask {
  Command command;
  command_context context;
};

/// Encrypts a value for the registry's row of that name.
struct seal_secret {
  std::string name;
  /// Only whoever names the same one gets it back.
  std::string audience;
  secret_text value;
  access_level level = access_level::standard;
};

/// Decrypts the registry's row of that name. not_found when there is none, or
/// it is for another audience, forbidden when it asks for more clearance,
/// unavailable while the vault is locked.
struct unseal_secret {
  std::string name;
  std::string audience;
  access_level clearance = access_level::standard;
};

/// Whether that is the owner secret: forbidden when it is not, conflict when
/// there is none, too_many_requests after wrong guesses.
struct prove_owner {
  secret_text said;
};

/// A stranger wrote to a channel.
struct begin_pairing {
  std::string channel;
  std::string sender;
  std::string sender_name;
};

/// What the orchestrator needs from the store when it starts.
struct restored_state {
  std::vector<action> open_actions;
  /// Registry rows as JSON text, by key.
  std::map<std::string, std::string> registry;
};

}  // namespace closedpaw
