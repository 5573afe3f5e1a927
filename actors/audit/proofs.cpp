#include "actors/audit/proofs.hpp"

#include <algorithm>
#include <bit>

namespace closedpaw::audit {

namespace {

/// The largest power of two below n; n > 1.
std::uint64_t split_of(std::uint64_t n) {
  return std::bit_floor(n - 1);
}

/// MTH(D[begin:end]), where begin is a multiple of the span's power of two.
hash256 hash_of(std::uint64_t begin, std::uint64_t end,
                const subtree_source& subtree) {
  const auto n = end - begin;
  if (std::has_single_bit(n)) {
    const auto level = static_cast<std::uint8_t>(std::countr_zero(n));
    return subtree(level, begin >> level);
  }
  const auto middle = begin + split_of(n);
  return node_hash(hash_of(begin, middle, subtree),
                   hash_of(middle, end, subtree));
}

void add_inclusion(std::uint64_t leaf, std::uint64_t begin, std::uint64_t end,
                   const subtree_source& subtree, std::vector<hash256>& out) {
  if (end - begin == 1)
    return;
  const auto middle = begin + split_of(end - begin);
  if (leaf < middle) {
    add_inclusion(leaf, begin, middle, subtree, out);
    out.push_back(hash_of(middle, end, subtree));
  } else {
    add_inclusion(leaf, middle, end, subtree, out);
    out.push_back(hash_of(begin, middle, subtree));
  }
}

/// SUBPROOF; `whole`: the old tree's root is known to whoever asked.
void add_consistency(std::uint64_t first, std::uint64_t begin,
                     std::uint64_t end, bool whole,
                     const subtree_source& subtree, std::vector<hash256>& out) {
  if (first == end) {
    if (!whole)
      out.push_back(hash_of(begin, end, subtree));
    return;
  }
  const auto middle = begin + split_of(end - begin);
  if (first <= middle) {
    add_consistency(first, begin, middle, whole, subtree, out);
    out.push_back(hash_of(middle, end, subtree));
  } else {
    add_consistency(first, middle, end, false, subtree, out);
    out.push_back(hash_of(begin, middle, subtree));
  }
}

}  // namespace

hash256 root_of(std::uint64_t size, const subtree_source& subtree) {
  return size == 0 ? sha256({}) : hash_of(0, size, subtree);
}

std::vector<hash256> inclusion_path(std::uint64_t leaf, std::uint64_t size,
                                    const subtree_source& subtree) {
  std::vector<hash256> out;
  add_inclusion(leaf, 0, size, subtree, out);
  return out;
}

std::vector<hash256> consistency_path(std::uint64_t first, std::uint64_t second,
                                      const subtree_source& subtree) {
  std::vector<hash256> out;
  add_consistency(first, 0, second, true, subtree, out);
  return out;
}

std::optional<hash256> root_from_inclusion(const hash256& leaf,
                                           std::uint64_t index,
                                           std::uint64_t size,
                                           const std::vector<hash256>& path) {
  if (index >= size)
    return std::nullopt;
  auto at = index;
  auto last = size - 1;
  auto out = leaf;
  for (const auto& x : path) {
    if (last == 0)
      return std::nullopt;
    if ((at & 1) != 0 || at == last) {
      out = node_hash(x, out);
      while ((at & 1) == 0 && at != 0) {
        at >>= 1;
        last >>= 1;
      }
    } else {
      out = node_hash(out, x);
    }
    at >>= 1;
    last >>= 1;
  }
  return last == 0 ? std::optional{out} : std::nullopt;
}

bool is_consistent(std::uint64_t first, const hash256& first_root,
                   std::uint64_t second, const hash256& second_root,
                   const std::vector<hash256>& path) {
  if (first == second)
    return path.empty() && first_root == second_root;
  if (first == 0 || first > second || path.empty())
    return false;
  auto at = first - 1;
  auto last = second - 1;
  for (; (at & 1) != 0; at >>= 1)
    last >>= 1;
  auto next = path.begin();
  // Where the old tree is complete, its root is a node of the new one.
  auto old_hash = at == 0 ? first_root : *next++;
  auto new_hash = old_hash;
  for (; next != path.end(); ++next) {
    if (last == 0)
      return false;
    if ((at & 1) != 0 || at == last) {
      old_hash = node_hash(*next, old_hash);
      new_hash = node_hash(*next, new_hash);
      while ((at & 1) == 0 && at != 0) {
        at >>= 1;
        last >>= 1;
      }
    } else {
      new_hash = node_hash(new_hash, *next);
    }
    at >>= 1;
    last >>= 1;
  }
  return last == 0 && old_hash == first_root && new_hash == second_root;
}

}  // namespace closedpaw::audit
