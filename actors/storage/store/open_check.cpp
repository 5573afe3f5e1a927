#include "actors/storage/store/open_check.hpp"

#include <algorithm>
#include <bit>
#include <string>

#include "actors/storage/store/audit_reader.hpp"
#include "actors/storage/store/cut.hpp"
#include "actors/storage/store/failures.hpp"
#include "actors/storage/store/records.hpp"

namespace closedpaw::storage {

namespace {

failure missing(std::uint64_t sequence) {
  return damaged("audit event " + std::to_string(sequence) + " is missing");
}

result<void> check_size(const transaction& txn, const databases& dbs,
                        const audit::log_head& head) {
  auto at = cursor::open(txn, dbs.audit);
  if (!at)
    return at.error();
  auto newest = at->last();
  if (!newest)
    return newest.error();
  const auto size = *newest ? read_u64((*newest)->key) + 1 : 0;
  const auto cut = read_cut(txn, dbs);
  if (!cut)
    return cut.error();
  auto oldest = at->first();
  if (!oldest)
    return oldest.error();
  if (*oldest && read_u64((*oldest)->key) != *cut)
    return missing(*cut);
  if (size != head.size())
    return damaged("the audit log has " + std::to_string(size) +
                   " events and its head says " + std::to_string(head.size()));
  if (size == 0)
    return {};
  auto event = read_event(txn, dbs, size - 1);
  if (!event)
    return event.error();
  if (event->time != head.last_time)
    return damaged("the newest audit event is of " + to_iso8601(event->time) +
                   " and the head says " + to_iso8601(head.last_time));
  return {};
}

/// The tree of the leaves [first, last), which begin a block.
result<audit::compact_range> block_tree(const transaction& txn,
                                        const databases& dbs,
                                        std::uint64_t first,
                                        std::uint64_t last) {
  audit::compact_range out;
  for (auto sequence = first; sequence < last; ++sequence) {
    auto value = txn.find(dbs.audit, sequence_key(sequence));
    if (!value)
      return value.error();
    if (!*value)
      return missing(sequence);
    auto leaf = checked_leaf(sequence, **value);
    if (!leaf)
      return leaf.error();
    out.append(*leaf);
  }
  return out;
}

}  // namespace

result<hash256> checked_leaf(std::uint64_t sequence, std::string_view value) {
  const auto record = audit_record::parse(value);
  if (!record)
    return damaged("audit event " + std::to_string(sequence) +
                   " is not readable");
  const auto leaf = audit::leaf_hash(record->bytes);
  if (as_bytes(leaf) != record->leaf)
    return damaged("audit event " + std::to_string(sequence) +
                   " is not what its leaf hash was made of");
  return leaf;
}

result<void> check_node(const transaction& txn, const databases& dbs,
                        std::uint8_t level, std::uint64_t index,
                        const hash256& expected) {
  auto value = txn.find(dbs.nodes, node_key(level, index));
  if (!value)
    return value.error();
  const auto name =
      "node " + std::to_string(index) + " of level " + std::to_string(level);
  if (!*value)
    return damaged(name + " of the audit log's tree is missing");
  if (**value != as_bytes(expected))
    return damaged(name + " of the audit log's tree is wrong");
  return {};
}

result<audit::log_head> check_head(const transaction& txn,
                                   const databases& dbs) {
  auto head = read_head(txn, dbs);
  if (!head)
    return head;
  if (auto ok = check_size(txn, dbs, *head); !ok)
    return ok.error();
  const auto size = head->size();
  if (size == 0)
    return head;
  const auto block = (size - 1) / block_size;
  auto newest = block_tree(txn, dbs, block * block_size, size);
  if (!newest)
    return newest.error();
  if (size % block_size == 0) {
    if (auto ok = check_node(txn, dbs, lowest_stored_level, block,
                             newest->peaks().front());
        !ok)
      return ok.error();
    newest = audit::compact_range{};
  }
  // The head's peaks: first those of whole blocks, then the newest block's.
  auto peak = head->tree.peaks().begin();
  for (int level = 63; level >= lowest_stored_level; --level)
    if (((size >> level) & 1) != 0)
      if (auto ok = check_node(txn, dbs, static_cast<std::uint8_t>(level),
                               (size >> level) - 1, *peak++);
          !ok)
        return ok.error();
  if (!std::equal(peak, head->tree.peaks().end(), newest->peaks().begin(),
                  newest->peaks().end()))
    return damaged("the audit log's head is not that of its newest events");
  return head;
}

}  // namespace closedpaw::storage
