#pragma once

#include <filesystem>

#include "actors/monitoring/metrics/family.hpp"

namespace closedpaw::monitoring {

/// process_*, as Prometheus' client libraries name them, from proc(5); what
/// cannot be read is left out. Any thread.
void add_process(families& out);

/// closedpaw_disk_*: of the file system that holds the directory.
void add_disk(const std::filesystem::path& directory, families& out);

}  // namespace closedpaw::monitoring
