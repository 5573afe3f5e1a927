#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "messages/model/error.hpp"
#include "messages/model/json.hpp"

namespace closedpaw::sandbox {

/// What lies in a workspace: who it belongs to decides, so links are seen and
/// not followed.
struct workspace_snapshot {
  struct file {
    std::uint64_t size = 0;
    std::uint64_t inode = 0;
    std::int64_t modified_ns = 0;
    std::int64_t changed_ns = 0;

    bool operator==(const file&) const = default;
  };
  /// By path from the workspace.
  std::map<std::string, file> files;
  std::uint64_t directories = 0;
  std::uint64_t bytes = 0;
  /// There is more than is looked at.
  bool truncated = false;
};

/// Makes it, for the account that sandboxes have.
result<void> make_workspace(const std::string& path);

/// Looks at up to so many files.
workspace_snapshot look_at_workspace(const std::string& path,
                                     std::size_t most_files = 20'000);

/// Bytes in files only, the cheapest look; stops beyond `enough`.
std::uint64_t workspace_bytes(const std::string& path, std::uint64_t enough);

/// What a sandbox changed, as found from outside and not as it says:
/// `{added, changed, removed, bytes_before, bytes_after, files: [{path, change,
/// size, sha256}], digest}`; the first hundred files, and the digest over what
/// is said of them. Beyond 64 MiB no file is hashed: its sha256 is null.
json workspace_changes(const std::string& path,
                       const workspace_snapshot& before,
                       const workspace_snapshot& after);

}  // namespace closedpaw::sandbox
