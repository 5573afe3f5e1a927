#pragma once

#include <filesystem>

#include "actors/vault/entry_cipher.hpp"

namespace closedpaw::vault {

/// The key-encryption key of a data directory, in DATA_DIR/vault.key (64 hex
/// digits, 0600). Made of random bytes when there is none. storage_failed when
/// it is not ours, others may read it, it is a link, or it holds no key. Blocks
/// on the disk.
result<encryption_key> load_or_create_key(
    const std::filesystem::path& data_dir);

}  // namespace closedpaw::vault
