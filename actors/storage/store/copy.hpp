#pragma once

#include <filesystem>
#include <string>

#include "actors/storage/store/environment.hpp"
#include "messages/model/time.hpp"

namespace closedpaw::storage {

/// Copies the store, as of now and without its free space, into a directory
/// that it creates (0700), and makes that durable. Leaves nothing behind when
/// it fails. Works while the store is in use.
result<void> copy_store(const environment& env,
                        const std::filesystem::path& directory);

/// "20261124T062850.162726": a time that a file name can hold.
std::string file_stamp(timestamp time);

}  // namespace closedpaw::storage
