#pragma once

#include <string>
#include <vector>

#include "config/load.hpp"

namespace closedpaw::config {

/// One value that differs between two configurations. A value that only came
/// from elsewhere is no change.
struct change {
  std::string key;
  /// As they may be shown (secrets masked); null where there was none.
  json before;
  json after;
  bool reloadable = false;

  bool operator==(const change&) const = default;
};

/// By key. Entries that came or went show as their keys; entries that only
/// changed places as one change of "providers" or "channels". Pure.
std::vector<change> diff(const loaded_config& before,
                         const loaded_config& after);

/// All of it or nothing: what to apply, or, where a change needs a restart, a
/// failure (conflict) that names every such key. Pure.
result<std::vector<change>> plan_reload(const loaded_config& before,
                                        const loaded_config& after);

}  // namespace closedpaw::config
