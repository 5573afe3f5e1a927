#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "messages/model/error.hpp"

namespace closedpaw::storage {

failure make_failure(errc code, std::string message);

/// `doing` failed with LMDB's or the system's error `rc`: what it means and
/// what to do about it. No room left is storage_full, all else storage_failed.
failure lmdb_failure(int rc, std::string_view doing);

/// The same for a system call that set `errno`.
failure system_failure(int error, std::string_view doing,
                       const std::filesystem::path& path);

/// Pages have 1 to 1000 entries.
result<void> check_limit(std::uint32_t limit);

/// The stored data contradict themselves; is_damage tells.
failure damaged(const std::string& what);
bool is_damage(const failure& why);

}  // namespace closedpaw::storage
