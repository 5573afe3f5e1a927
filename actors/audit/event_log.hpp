#pragma once

#include <string>
#include <utility>

#include "actors/audit/log_head.hpp"
#include "messages/model/audit_event.hpp"

namespace closedpaw::audit {

/// What is stored of an event.
struct prepared_event {
  std::uint64_t sequence = 0;
  /// The canonical bytes, with the time that was settled on.
  std::string bytes;
  hash256 leaf{};
};

/// The rules by which events become entries of the log: they are numbered
/// without gaps, their times never run backwards (a clock that was set back
/// repeats the newest time instead, so that a query by time is a binary
/// search), and each becomes a leaf of the Merkle tree. Holds no storage: the
/// caller writes what it returns, and keeps the log only if that succeeded.
class event_log {
 public:
  explicit event_log(log_head head) : head_{std::move(head)} {}

  const log_head& head() const { return head_; }
  std::uint64_t next_sequence() const { return head_.size(); }

  /// See compact_range::append for `on_node`.
  template <class OnNode>
  prepared_event append(const audit_event& event, OnNode&& on_node) {
    auto out = prepare(event);
    head_.tree.append(out.leaf, std::forward<OnNode>(on_node));
    return out;
  }

 private:
  prepared_event prepare(const audit_event& event);

  log_head head_;
};

}  // namespace closedpaw::audit
