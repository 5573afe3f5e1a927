#include "actors/wiring/paths.hpp"

#include <filesystem>

#include "actors/storage/anchor_file.hpp"

namespace closedpaw::wiring {

json paths_of(const config::loaded_config& c) {
  const std::filesystem::path data = c.values.storage.data_dir;
  const auto in_data = [&data](const char* name) {
    return (data / name).string();
  };
  return {{"configuration", c.file.empty() ? json{} : json(c.file)},
          {"data", data.string()},
          {"store", in_data("data.mdb")},
          {"vault_key", in_data("vault.key")},
          {"heads", storage::anchor_path(c.values.storage.data_dir,
                                         c.values.audit.anchor_file)
                        .string()},
          {"head_key", in_data("audit.key")},
          {"public_key", in_data("audit.pub")},
          {"workspaces", in_data("workspaces")},
          {"skills", in_data("skills")},
          {"sandboxes", in_data("sandboxes")}};
}

}  // namespace closedpaw::wiring
