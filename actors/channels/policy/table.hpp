#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "messages/model/channel.hpp"
#include "messages/model/json.hpp"

namespace closedpaw::channels {

/// A channel as it is to be: its settings, and who may use it.
struct channel_entry {
  config::channel_settings settings;
  channel_access access;
  /// Changes whenever it has to begin anew though its settings are the same: a
  /// new token, a start by hand.
  std::uint64_t revision = 0;
};

/// In configured order, then those that were registered.
using channel_table = std::vector<channel_entry>;

const channel_entry* find_channel(const channel_table& table,
                                  const std::string& name);

/// The prefixes of all registry rows that assemble() reads.
std::vector<std::string> table_prefixes();

/// What the configuration file says, and above it what the registry has: those
/// that were registered, what was started or stopped, who was bound.
channel_table assemble(const std::vector<config::channel_settings>& configured,
                       const std::map<std::string, json>& rows);

/// The rows of one user and of one pairing.
json to_json(const channel_user& x);
json to_json(const channel_pairing& x);

}  // namespace closedpaw::channels
