#include "actors/audit/proofs.hpp"

#include <algorithm>

#include "actors/audit/merkle.hpp"
#include "actors/audit/signed_head.hpp"
#include "messages/model/json.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace closedpaw;
using namespace closedpaw::audit;

namespace {

constexpr std::uint64_t most_leaves = 64;

/// A small log whose leaves all differ.
hash256 leaf_of(std::uint64_t i) {
  return leaf_hash(std::to_string(i));
}

hash256 subtree(std::uint8_t level, std::uint64_t index) {
  return level == 0 ? leaf_of(index)
                    : node_hash(subtree(level - 1, 2 * index),
                                subtree(level - 1, 2 * index + 1));
}

std::uint64_t number(std::string_view& from) {
  std::uint64_t out = 0;
  const auto size = std::min(from.size(), sizeof out);
  std::copy_n(from.begin(), size, reinterpret_cast<char*>(&out));
  from.remove_prefix(size);
  return out;
}

std::vector<hash256> path_in(std::string_view from) {
  std::vector<hash256> out;
  for (; from.size() >= hash256{}.size(); from.remove_prefix(hash256{}.size()))
    std::copy_n(from.begin(), hash256{}.size(),
                reinterpret_cast<char*>(out.emplace_back().data()));
  return out;
}

/// Changes one thing of a path, as the input says; whether it is another now.
bool change(std::vector<hash256>& path, std::string_view& how) {
  const auto before = path;
  const auto what = number(how);
  if (what % 3 == 0 || path.empty())
    path.insert(path.begin() + static_cast<std::ptrdiff_t>((what >> 8) %
                                                           (path.size() + 1)),
                hash256{});
  else if (what % 3 == 1)
    path.erase(path.begin() +
               static_cast<std::ptrdiff_t>((what >> 8) % path.size()));
  else
    path[(what >> 8) % path.size()][(what >> 16) % hash256{}.size()] ^=
        static_cast<std::uint8_t>(what >> 24);
  return path != before;
}

void check_inclusion(std::string_view input) {
  const auto size = number(input) % most_leaves + 1;
  const auto leaf = number(input) % size;
  const auto root = root_of(size, subtree);
  auto path = inclusion_path(leaf, size, subtree);
  fuzz::must(root_from_inclusion(leaf_of(leaf), leaf, size, path) == root,
             "a proof proves");
  const auto other = number(input) % size;
  fuzz::must(other == leaf ||
                 root_from_inclusion(leaf_of(other), leaf, size, path) != root,
             "no other leaf");
  if (change(path, input))
    fuzz::must(root_from_inclusion(leaf_of(leaf), leaf, size, path) != root,
               "and no other path does");
}

void check_consistency(std::string_view input) {
  const auto second = number(input) % most_leaves + 1;
  const auto first = number(input) % second + 1;
  const auto old_root = root_of(first, subtree);
  const auto new_root = root_of(second, subtree);
  auto path = consistency_path(first, second, subtree);
  fuzz::must(is_consistent(first, old_root, second, new_root, path),
             "a log that grew is consistent");
  if (change(path, input))
    fuzz::must(!is_consistent(first, old_root, second, new_root, path),
               "by no other path");
  if (first != second)
    fuzz::must(!is_consistent(first, new_root, second, new_root, path),
               "and from no other log");
}

/// What a stranger sends: any numbers, any path, any text.
void check_strangers(std::string_view input) {
  auto rest = input;
  const auto a = number(rest);
  const auto b = number(rest);
  const auto path = path_in(rest);
  root_from_inclusion(leaf_of(0), a, b, path);
  is_consistent(a, leaf_of(0), b, leaf_of(1), path);
  const auto text = parse_json(input);
  if (!text)
    return;
  if (const auto head = signed_head_from(*text)) {
    const auto again = signed_head_from(to_json(*head));
    fuzz::must(again && *again == *head, "a head is read as it is written");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = fuzz::text(data, size);
  check_inclusion(input);
  check_consistency(input);
  check_strangers(input);
  return 0;
}
