#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/storage/store/snapshot.hpp"
#include "messages/model/json.hpp"

namespace closedpaw::storage {

struct registry_row {
  std::string key;
  json value;
};

/// Any thread.
result<std::optional<json>> registry_get(read_access store,
                                         std::string_view key);

/// All rows whose key begins so, in the order of their bytes.
result<std::vector<registry_row>> registry_list(read_access store,
                                                std::string_view prefix);

}  // namespace closedpaw::storage
