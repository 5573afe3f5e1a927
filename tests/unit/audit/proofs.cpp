#define CAF_SUITE proofs

#include "actors/audit/proofs.hpp"

#include <map>

#include "messages/model/hex.hpp"
#include "tests/unit/audit/standard_leaves.hpp"
#include "tests/unit_test.hpp"

namespace proofs_tests {

using namespace closedpaw;
using namespace closedpaw::audit;
using closedpaw::audit::test::standard_leaves;

using path = std::vector<std::string>;

path shown(const std::vector<hash256>& hashes) {
  path out;
  for (const auto& x : hashes)
    out.push_back(to_hex(x));
  return out;
}

/// All complete subtrees of some leaves.
struct tree {
  explicit tree(const std::vector<std::string>& data) {
    for (const auto& x : data) {
      const auto leaf = leaf_hash(x);
      nodes[{0, all.size()}] = leaf;
      all.append(leaf,
                 [&](std::uint8_t level, std::uint64_t i, const hash256& h) {
                   nodes[{level, i}] = h;
                 });
      roots.push_back(all.root());
    }
  }
  subtree_source source() const {
    return [this](std::uint8_t level, std::uint64_t i) {
      return nodes.at({level, i});
    };
  }
  const hash256& root(std::uint64_t size) const { return roots.at(size - 1); }
  const hash256& leaf(std::uint64_t i) const { return nodes.at({0, i}); }

  compact_range all;
  std::map<std::pair<int, std::uint64_t>, hash256> nodes;
  std::vector<hash256> roots;
};

tree numbered(std::size_t n) {
  std::vector<std::string> data;
  for (std::size_t i = 0; i < n; ++i)
    data.push_back("event " + std::to_string(i));
  return tree{data};
}

// Of the Certificate Transparency project's tests.
CAF_TEST(inclusion_of_the_standard_leaves) {
  const tree t{standard_leaves};
  const auto proof = [&](std::uint64_t leaf, std::uint64_t size) {
    return shown(inclusion_path(leaf, size, t.source()));
  };
  CAF_CHECK(proof(0, 1).empty());
  CAF_CHECK_EQUAL(
      proof(0, 8),
      (path{
          "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
          "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
          "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}));
  CAF_CHECK_EQUAL(
      proof(5, 8),
      (path{
          "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
          "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}));
  CAF_CHECK_EQUAL(
      proof(2, 3),
      (path{
          "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"}));
  CAF_CHECK_EQUAL(
      proof(1, 5),
      (path{
          "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
          "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
          "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}));
}

CAF_TEST(consistency_of_the_standard_leaves) {
  const tree t{standard_leaves};
  const auto proof = [&](std::uint64_t first, std::uint64_t second) {
    return shown(consistency_path(first, second, t.source()));
  };
  CAF_CHECK(proof(1, 1).empty());
  CAF_CHECK_EQUAL(
      proof(1, 8),
      (path{
          "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
          "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
          "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}));
  CAF_CHECK_EQUAL(
      proof(6, 8),
      (path{
          "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
          "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}));
  CAF_CHECK_EQUAL(
      proof(2, 5),
      (path{
          "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
          "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}));
}

CAF_TEST(every_leaf_of_every_size_is_proved_and_no_other) {
  constexpr std::uint64_t most = 70;
  const auto t = numbered(most);
  std::size_t wrong = 0;
  for (std::uint64_t size = 1; size <= most; ++size) {
    if (root_of(size, t.source()) != t.root(size))
      ++wrong;
    for (std::uint64_t i = 0; i < size; ++i) {
      const auto proof = inclusion_path(i, size, t.source());
      if (root_from_inclusion(t.leaf(i), i, size, proof) != t.root(size))
        ++wrong;
      if (root_from_inclusion(t.leaf((i + 1) % most), i, size, proof) ==
          t.root(size))
        ++wrong;
      if (size > 1 && root_from_inclusion(t.leaf(i), (i + 1) % size, size,
                                          proof) == t.root(size))
        ++wrong;
      auto longer = proof;
      longer.push_back(t.root(1));
      if (root_from_inclusion(t.leaf(i), i, size, longer))
        ++wrong;
    }
  }
  CAF_CHECK_EQUAL(wrong, 0U);
  CAF_CHECK(!root_from_inclusion(t.leaf(0), 1, 1, {}));
  CAF_CHECK(!root_from_inclusion(t.leaf(0), 0, 2, {}));
}

CAF_TEST(every_pair_of_sizes_is_consistent_and_no_other) {
  constexpr std::uint64_t most = 70;
  const auto t = numbered(most);
  const auto other = tree{{"another", "log"}};
  std::size_t wrong = 0;
  for (std::uint64_t second = 1; second <= most; ++second)
    for (std::uint64_t first = 1; first <= second; ++first) {
      const auto proof = consistency_path(first, second, t.source());
      if (!is_consistent(first, t.root(first), second, t.root(second), proof))
        ++wrong;
      if (is_consistent(first, other.root(1), second, t.root(second), proof))
        ++wrong;
      if (is_consistent(first, t.root(first), second, other.root(2), proof))
        ++wrong;
      auto longer = proof;
      longer.push_back(t.root(1));
      if (is_consistent(first, t.root(first), second, t.root(second), longer))
        ++wrong;
      if (first > 1 && first < second &&
          is_consistent(first - 1, t.root(first), second, t.root(second),
                        proof))
        ++wrong;
    }
  CAF_CHECK_EQUAL(wrong, 0U);
  CAF_CHECK(!is_consistent(0, sha256({}), 2, t.root(2), {}));
  CAF_CHECK(!is_consistent(3, t.root(3), 2, t.root(2), {t.root(1)}));
  CAF_CHECK(!is_consistent(1, t.root(1), 2, t.root(2), {}));
}

CAF_TEST(a_proof_is_short) {
  const auto t = numbered(1'000);
  for (const std::uint64_t i : {0U, 511U, 512U, 999U})
    CAF_CHECK(inclusion_path(i, 1'000, t.source()).size() <= 10);
}

}  // namespace proofs_tests
