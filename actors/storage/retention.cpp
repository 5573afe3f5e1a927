#include "actors/storage/retention.hpp"

#include <algorithm>

#include "actors/storage/store/audit_reader.hpp"
#include "actors/storage/store/cut.hpp"

namespace closedpaw::storage {

std::optional<std::uint64_t> next_cut(const retention_limits& limits,
                                      const retention_view& view) {
  std::uint64_t wanted = view.first_kept;
  if (limits.age)
    wanted = std::max(wanted, view.first_young);
  if (limits.live_bytes && view.live_bytes > *limits.live_bytes)
    wanted = view.size;
  wanted = std::min({wanted, view.first_kept + events_of_a_cut, view.anchored,
                     furthest_cut(view.size)});
  wanted = wanted / block_size * block_size;
  return wanted > view.first_kept ? std::optional{wanted} : std::nullopt;
}

result<retention_view> look_for_cut(const store& where,
                                    const retention_limits& limits,
                                    std::uint64_t anchored, timestamp now) {
  const auto [env, dbs] = where.access();
  auto txn = read_transaction::begin(env);
  if (!txn)
    return txn.error();
  const auto head = read_head(*txn, dbs);
  if (!head)
    return head.error();
  const auto cut = read_cut(*txn, dbs);
  if (!cut)
    return cut.error();
  retention_view out;
  out.size = head->size();
  out.first_kept = *cut;
  out.anchored = anchored;
  if (limits.live_bytes) {
    const auto live = live_bytes(env);
    if (!live)
      return live.error();
    out.live_bytes = *live;
  }
  if (limits.age) {
    const auto young =
        first_since(*txn, dbs, *cut, head->size(), now - *limits.age);
    if (!young)
      return young.error();
    out.first_young = *young;
  }
  return out;
}

commit_unit cut_unit(const retention_limits& limits, const retention_view& view,
                     std::uint64_t first_kept, timestamp now) {
  audit_event e;
  e.time = now;
  e.actor = cut_actor;
  e.action_type = "system";
  e.status = cut_status;
  e.outcome = "success";
  json details{{"first_kept", first_kept},
               {"before", view.first_kept},
               {"events", first_kept - view.first_kept}};
  if (limits.age)
    details["keep_hours"] = limits.age->count();
  if (limits.live_bytes) {
    details["keep_bytes"] = *limits.live_bytes;
    details["live_bytes"] = view.live_bytes;
  }
  e.details = json_text{details};
  commit_unit out;
  out.events.push_back(std::move(e));
  out.cut = first_kept;
  // Nothing makes room on a full disk but this.
  out.may_use_reserve = true;
  return out;
}

}  // namespace closedpaw::storage
