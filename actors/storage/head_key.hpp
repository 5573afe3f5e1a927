#pragma once

#include <filesystem>

#include "actors/audit/signed_head.hpp"

namespace closedpaw::storage {

/// The key that signs the log's heads, in DATA_DIR/audit.key (PKCS #8 PEM,
/// 0600); made when there is none. Beside it audit.pub has what checks them.
/// storage_failed for a file that is not ours alone, or holds no such key.
/// Blocks on the disk.
result<audit::signing_key> load_or_create_head_key(
    const std::filesystem::path& data_dir);

}  // namespace closedpaw::storage
