#include "actors/audit/event_log.hpp"

namespace closedpaw::audit {

prepared_event event_log::prepare(const audit_event& event) {
  prepared_event out;
  out.sequence = head_.size();
  if (event.time < head_.last_time) {
    auto later = event;
    later.time = head_.last_time;
    out.bytes = canonical_bytes(later);
  } else {
    head_.last_time = event.time;
    out.bytes = canonical_bytes(event);
  }
  out.leaf = leaf_hash(out.bytes);
  return out;
}

}  // namespace closedpaw::audit
