#include "actors/storage/store/proof_reader.hpp"

#include <algorithm>

#include "actors/audit/proofs.hpp"
#include "actors/storage/store/cut.hpp"
#include "actors/storage/store/failures.hpp"
#include "actors/storage/store/records.hpp"

namespace closedpaw::storage {

namespace {

/// Ends a proof from within its recursion.
struct unreadable_tree {
  failure why;
};

result<hash256> hash_from(std::string_view bytes) {
  hash256 out{};
  if (bytes.size() != out.size())
    return damaged("a hash of the audit log's tree is not readable");
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

/// The tree as one snapshot has it.
class stored_tree {
 public:
  stored_tree(const transaction& txn, const databases& dbs, std::uint64_t cut)
      : txn_{txn}, dbs_{dbs}, cut_{cut} {}

  std::uint64_t cut() const { return cut_; }

  result<audit_record> record(std::uint64_t sequence) const {
    if (sequence < cut_)
      return was_cut(sequence, cut_);
    auto found = txn_.find(dbs_.audit, sequence_key(sequence));
    if (!found)
      return found.error();
    const auto parsed =
        audit_record::parse(found->value_or(std::string_view{}));
    if (!parsed)
      return damaged("audit event " + std::to_string(sequence) +
                     " is missing or not readable");
    return *parsed;
  }

  /// Throws unreadable_tree.
  hash256 operator()(std::uint8_t level, std::uint64_t index) const {
    if (level >= lowest_stored_level)
      return demand(node(level, index));
    if (level == 0)
      return demand(leaf(index));
    return audit::node_hash((*this)(level - 1, index * 2),
                            (*this)(level - 1, index * 2 + 1));
  }

 private:
  static hash256 demand(result<hash256> x) {
    if (!x)
      throw unreadable_tree{std::move(x).error()};
    return *x;
  }

  result<hash256> leaf(std::uint64_t sequence) const {
    auto found = record(sequence);
    if (!found)
      return found.error();
    return hash_from(found->leaf);
  }

  result<hash256> node(std::uint8_t level, std::uint64_t index) const {
    auto found = txn_.find(dbs_.nodes, node_key(level, index));
    if (!found)
      return found.error();
    if (!*found)
      return damaged("node " + std::to_string(index) + " of level " +
                     std::to_string(level) +
                     " of the audit log's tree is missing");
    return hash_from(**found);
  }

  const transaction& txn_;
  const databases& dbs_;
  std::uint64_t cut_;
};

/// A head within what was cut cannot be made any more, but for whole blocks.
std::optional<failure> before_cut(std::uint64_t size, std::uint64_t cut) {
  if (size >= cut || size % block_size == 0)
    return std::nullopt;
  return make_failure(errc::bad_request,
                      "the log begins at event " + std::to_string(cut) +
                          " by retention, and what it was with " +
                          std::to_string(size) +
                          " events cannot be shown any more; ask from " +
                          std::to_string(cut) + " events on");
}

failure not_reached(std::uint64_t size, std::uint64_t wanted) {
  return {errc::not_found,
          "the audit log has " + std::to_string(size) + " events, not " +
              std::to_string(wanted),
          {},
          {}};
}

/// Calls `prove(tree, size)` in one snapshot.
template <class T, class Prove>
result<T> in_snapshot(read_access store, const Prove& prove) {
  auto txn = read_transaction::begin(store.env);
  if (!txn)
    return txn.error();
  auto head = read_head(*txn, store.dbs);
  if (!head)
    return head.error();
  const auto cut = read_cut(*txn, store.dbs);
  if (!cut)
    return cut.error();
  try {
    return prove(stored_tree{*txn, store.dbs, *cut}, head->size());
  } catch (const unreadable_tree& x) {
    return x.why;
  }
}

}  // namespace

result<inclusion_proof> prove_inclusion(
    read_access store, std::uint64_t sequence,
    std::optional<std::uint64_t> tree_size) {
  return in_snapshot<inclusion_proof>(
      store,
      [&](const stored_tree& tree,
          std::uint64_t present) -> result<inclusion_proof> {
        inclusion_proof out;
        out.sequence = sequence;
        out.tree_size = tree_size.value_or(present);
        if (out.tree_size > present)
          return not_reached(present, out.tree_size);
        if (sequence >= out.tree_size)
          return make_failure(errc::not_found,
                              "a log of " + std::to_string(out.tree_size) +
                                  " events has no event " +
                                  std::to_string(sequence) +
                                  "; the first is 0");
        const auto stored = tree.record(sequence);
        if (!stored)
          return stored.error();
        out.event = stored->bytes;
        out.leaf = tree(0, sequence);
        out.root = audit::root_of(out.tree_size, tree);
        out.path = audit::inclusion_path(sequence, out.tree_size, tree);
        return out;
      });
}

result<consistency_proof> prove_consistency(
    read_access store, std::uint64_t first,
    std::optional<std::uint64_t> second) {
  return in_snapshot<consistency_proof>(
      store,
      [&](const stored_tree& tree,
          std::uint64_t present) -> result<consistency_proof> {
        consistency_proof out;
        out.first = first;
        out.second = second.value_or(present);
        if (out.second > present)
          return not_reached(present, out.second);
        if (first == 0 || first > out.second)
          return failure{errc::bad_request,
                         "first must be from 1 to second, which is " +
                             std::to_string(out.second),
                         {},
                         {}};
        for (const auto size : {out.first, out.second})
          if (auto gone = before_cut(size, tree.cut()))
            return std::move(*gone);
        out.first_root = audit::root_of(first, tree);
        out.second_root = audit::root_of(out.second, tree);
        out.path = audit::consistency_path(first, out.second, tree);
        return out;
      });
}

result<hash256> root_at(read_access store, std::uint64_t size) {
  return in_snapshot<hash256>(
      store,
      [&](const stored_tree& tree, std::uint64_t present) -> result<hash256> {
        if (size > present)
          return not_reached(present, size);
        if (auto gone = before_cut(size, tree.cut()))
          return std::move(*gone);
        return audit::root_of(size, tree);
      });
}

}  // namespace closedpaw::storage
