#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace closedpaw::sandbox {

/// Of the kernel's file systems, in one go; up to 1 MiB.
std::optional<std::string> read_small_file(const std::string& path);

/// 0, or errno.
int write_small_file(const std::string& path, std::string_view text);

}  // namespace closedpaw::sandbox
