#pragma once

#include <string_view>

#include "actors/sandbox/runtime/launch_order.hpp"
#include "actors/sandbox/runtime/spec.hpp"

namespace closedpaw::sandbox {

/// What `rootfs` below a bundle holds before anything is mounted on it.
struct oci_rootfs {
  std::vector<std::string> directories;
  /// By path: what it points to.
  std::map<std::string, std::string> links;
};

oci_rootfs oci_rootfs_of(const sandbox_spec& spec);

/// config.json of a bundle: OCI runtime specification 1.0.2. Its limits are
/// those of the group that the runtime is started in, which allows for the
/// runtime's own processes, so that the number of its own is here too. Pure.
json oci_config(const sandbox_spec& spec);

/// The order that makes a launcher such a runtime with the bundle's container:
/// `runsc` with a platform, `runc` or `crun` without. Pure.
launch_order oci_order(const std::string& program, std::string_view platform,
                       const sandbox_spec& spec, const std::string& bundle);

}  // namespace closedpaw::sandbox
