#pragma once

#include <map>
#include <string>
#include <vector>

#include "messages/model/sandbox.hpp"

namespace closedpaw::sandbox {

/// What is to run, and where.
struct sandbox_spec {
  /// Names the OCI container; letters, digits and hyphens.
  std::string id;
  /// Within the sandbox.
  std::vector<std::string> command;
  std::map<std::string, std::string> environment;
  sandbox_limits limits;
  /// Of this machine; shown as /workspace, writable. Empty for none.
  std::string workspace;
  /// Shown read-only: by its path within the sandbox, ours.
  std::map<std::string, std::string> shown;
  /// Whether it sees the system's programs and libraries, read-only.
  bool system = false;
};

/// Whom processes are within, and, if we are root, also without.
inline constexpr unsigned nobody = 65'534;

}  // namespace closedpaw::sandbox
