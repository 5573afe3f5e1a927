#pragma once

#include <filesystem>
#include <optional>

#include "actors/vault/entry_cipher.hpp"

namespace closedpaw::vault {

/// storage_failed without random bytes.
result<encryption_key> random_key();

/// The key of a file of our own (64 hex digits, 0600); nothing when there is
/// none. storage_failed when it is not ours, others may read it, it is a link,
/// or it holds no key. Blocks on the disk.
result<std::optional<encryption_key>> read_key_file(
    const std::filesystem::path& file);

/// Whole or not at all. Replaces what has that name. Blocks on the disk.
result<void> write_key_file(const std::filesystem::path& file,
                            const encryption_key& key);

/// 64 hex digits, or exactly 32 bytes; storage_failed, naming `where`, for
/// anything else.
result<encryption_key> key_in(const secret_text& content,
                              const std::string& where);

}  // namespace closedpaw::vault
