#pragma once

#include <filesystem>
#include <optional>

#include "messages/model/error.hpp"
#include "messages/model/secret.hpp"

namespace closedpaw::storage {

/// The content of a key's file; nothing when there is none. storage_failed when
/// it is a link, not ours, larger than 16 KiB, or others may read it. Blocks on
/// the disk.
result<std::optional<secret_text>> read_private_file(
    const std::filesystem::path& file);

/// Makes it, 0600, whole or not at all: the name appears when the content is on
/// the disk. Replaces what has that name.
result<void> write_private_file(const std::filesystem::path& file,
                                const secret_text& content);

}  // namespace closedpaw::storage
