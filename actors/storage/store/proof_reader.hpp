#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/storage/store/snapshot.hpp"

namespace closedpaw::storage {

struct inclusion_proof {
  std::uint64_t sequence = 0;
  std::uint64_t tree_size = 0;
  hash256 leaf{};
  hash256 root{};
  /// The leaf's neighbour first; at most 64.
  std::vector<hash256> path;
  /// The canonical bytes that the leaf is the hash of.
  std::string event;
};

struct consistency_proof {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  hash256 first_root{};
  hash256 second_root{};
  std::vector<hash256> path;
};

/// All of these read one snapshot; any thread. A size that is left out is the
/// present one. not_found for an event or a size that the log has not reached;
/// storage_failed where the stored tree is damaged. Looks at some hundred leaf
/// hashes at most, however long the log is.

result<inclusion_proof> prove_inclusion(read_access store,
                                        std::uint64_t sequence,
                                        std::optional<std::uint64_t> tree_size);

/// bad_request unless 0 < first <= second.
result<consistency_proof> prove_consistency(
    read_access store, std::uint64_t first,
    std::optional<std::uint64_t> second);

/// The root that the log had at a size.
result<hash256> root_at(read_access store, std::uint64_t size);

}  // namespace closedpaw::storage
