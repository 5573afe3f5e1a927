#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "messages/model/audit_query.hpp"

namespace closedpaw::audit {

/// The part of a query that has to look into each event: everything but the
/// sequences and times. Text is compared without regard to the case of ASCII
/// letters, with the details as stored, and also as JSON would escape it.
class event_filter {
 public:
  explicit event_filter(const audit_query& query);

  /// Nothing to look for: every event matches.
  bool matches_all() const { return matches_all_; }

  /// False only when the event cannot match; spares parsing most of them.
  bool may_match(std::string_view stored_bytes) const;

  bool matches(const audit_event& event) const;

 private:
  bool text_in(std::string_view bytes) const;

  const audit_query& query_;
  bool matches_all_ = true;
  /// Each occurs, quoted, in the bytes of every match.
  std::vector<std::string> needles_;
  /// The text, folded, in the forms it may be stored in.
  std::vector<std::string> texts_;
};

}  // namespace closedpaw::audit
