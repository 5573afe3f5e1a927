#define CAF_SUITE merkle

#include "actors/audit/merkle.hpp"

#include <map>
#include <span>

#include "actors/audit/log_head.hpp"
#include "tests/unit/audit/standard_leaves.hpp"
#include "tests/unit_test.hpp"

namespace merkle_tests {

using namespace closedpaw;
using namespace closedpaw::audit;
using closedpaw::audit::test::standard_leaves;

// RFC 6962, section 2.1, as it is written there.
hash256 mth(std::span<const std::string> data) {
  if (data.empty())
    return sha256({});
  if (data.size() == 1)
    return leaf_hash(data.front());
  std::size_t k = 1;
  while (k * 2 < data.size())
    k *= 2;
  return node_hash(mth(data.first(k)), mth(data.subspan(k)));
}

std::vector<std::string> numbered(std::size_t n) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < n; ++i)
    out.push_back("event " + std::to_string(i));
  return out;
}

// Of the Certificate Transparency project's tests.
constexpr const char* standard_roots[] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

CAF_TEST(roots_of_the_standard_leaves) {
  compact_range tree;
  CAF_CHECK_EQUAL(to_hex(tree.root()), standard_roots[0]);
  for (std::size_t i = 0; i < standard_leaves.size(); ++i) {
    tree.append(leaf_hash(standard_leaves[i]));
    CAF_CHECK_EQUAL(to_hex(tree.root()), standard_roots[i + 1]);
  }
}

CAF_TEST(agrees_with_the_recursive_definition) {
  const auto data = numbered(600);
  compact_range tree;
  std::size_t differing = 0;
  for (std::size_t n = 0; n <= data.size(); ++n) {
    if (tree.root() != mth(std::span{data}.first(n)))
      ++differing;
    if (n < data.size())
      tree.append(leaf_hash(data[n]));
  }
  CAF_CHECK_EQUAL(tree.size(), 600u);
  CAF_CHECK_EQUAL(differing, 0u);
}

CAF_TEST(reports_each_complete_subtree_once) {
  const auto data = numbered(100);
  compact_range tree;
  std::map<std::pair<int, std::uint64_t>, hash256> nodes;
  std::size_t calls = 0;
  for (const auto& x : data)
    tree.append(leaf_hash(x), [&](std::uint8_t level, std::uint64_t index,
                                  const hash256& hash) {
      ++calls;
      nodes[{level, index}] = hash;
    });
  CAF_CHECK_EQUAL(calls, 50u + 25u + 12u + 6u + 3u + 1u);
  CAF_CHECK_EQUAL(nodes.size(), calls);
  std::size_t wrong = 0;
  for (const auto& [where, hash] : nodes) {
    const auto [level, index] = where;
    const auto width = std::size_t{1} << level;
    if (hash != mth(std::span{data}.subspan(index * width, width)))
      ++wrong;
  }
  CAF_CHECK_EQUAL(wrong, 0u);
}

CAF_TEST(a_head_survives_its_bytes) {
  log_head head;
  for (int i = 0; i < 37; ++i)
    head.tree.append(leaf_hash(std::to_string(i)));
  head.last_time = closedpaw::timestamp{std::chrono::microseconds{-12}};
  const auto bytes = to_bytes(head);
  CAF_CHECK(log_head_from_bytes(bytes) == head);
  CAF_CHECK(log_head_from_bytes(to_bytes({})) == log_head{});
  CAF_CHECK(!log_head_from_bytes(bytes.substr(1)));
  CAF_CHECK(!log_head_from_bytes(bytes + 'x'));
  CAF_CHECK(!log_head_from_bytes(""));
}

}  // namespace merkle_tests
