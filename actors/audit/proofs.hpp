#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "actors/audit/merkle.hpp"

/// Proofs over the log's Merkle tree: RFC 6962, sections 2.1.1 and 2.1.2; their
/// verification as in RFC 9162, sections 2.1.3.2 and 2.1.4.2. Pure.
namespace closedpaw::audit {

/// The hash over the leaves [index << level, (index + 1) << level), all of them
/// in the tree. Whatever it throws passes through.
using subtree_source =
    std::function<hash256(std::uint8_t level, std::uint64_t index)>;

/// MTH over the first `size` leaves.
hash256 root_of(std::uint64_t size, const subtree_source& subtree);

/// PATH(leaf, D[size]), the leaf's neighbour first. leaf < size.
std::vector<hash256> inclusion_path(std::uint64_t leaf, std::uint64_t size,
                                    const subtree_source& subtree);

/// PROOF(first, D[second]). 0 < first <= second; empty where they are equal.
std::vector<hash256> consistency_path(std::uint64_t first, std::uint64_t second,
                                      const subtree_source& subtree);

/// The root that the path leads to; nothing when it cannot be one of this leaf
/// and size.
std::optional<hash256> root_from_inclusion(const hash256& leaf,
                                           std::uint64_t index,
                                           std::uint64_t size,
                                           const std::vector<hash256>& path);

/// Whether the log of `second` leaves begins with that of `first`.
bool is_consistent(std::uint64_t first, const hash256& first_root,
                   std::uint64_t second, const hash256& second_root,
                   const std::vector<hash256>& path);

}  // namespace closedpaw::audit
