#include "actors/storage/store/audit_reader.hpp"

#include <algorithm>

#include "actors/audit/event_filter.hpp"
#include "actors/storage/store/failures.hpp"
#include "actors/storage/store/records.hpp"

namespace closedpaw::storage {

namespace {

/// Sequences [first, last) that are still wanted.
struct span {
  std::uint64_t first = 0;
  std::uint64_t last = 0;

  bool empty() const { return first >= last; }
};

result<std::string_view> stored_bytes(const transaction& txn,
                                      const databases& dbs,
                                      std::uint64_t sequence) {
  auto value = txn.find(dbs.audit, sequence_key(sequence));
  if (!value)
    return value.error();
  const auto record = *value ? audit_record::parse(**value) : std::nullopt;
  if (!record)
    return damaged("audit event " + std::to_string(sequence) + " is missing");
  return record->bytes;
}

/// The first of the span whose time makes `reached` true; times never fall.
template <class Reached>
result<std::uint64_t> first_where(const transaction& txn, const databases& dbs,
                                  span in, Reached reached) {
  while (!in.empty()) {
    const auto middle = in.first + (in.last - in.first) / 2;
    auto event = read_event(txn, dbs, middle);
    if (!event)
      return event.error();
    if (reached(event->time))
      in.last = middle;
    else
      in.first = middle + 1;
  }
  return in.first;
}

result<span> wanted_span(const transaction& txn, const databases& dbs,
                         const audit_query& query) {
  auto at = cursor::open(txn, dbs.audit);
  if (!at)
    return at.error();
  auto oldest = at->first();
  auto newest = oldest && *oldest ? at->last() : oldest;
  if (!newest)
    return newest.error();
  if (!*newest)
    return span{};
  span out{read_u64((*oldest)->key), read_u64((*newest)->key) + 1};
  if (query.before)
    out.last = std::min(out.last, *query.before);
  if (query.after && *query.after >= out.first)
    out.first = *query.after == UINT64_MAX ? out.last : *query.after + 1;
  if (query.since) {
    auto first = first_where(txn, dbs, out,
                             [&](timestamp t) { return t >= *query.since; });
    if (!first)
      return first.error();
    out.first = *first;
  }
  if (query.until) {
    auto last = first_where(txn, dbs, out,
                            [&](timestamp t) { return t > *query.until; });
    if (!last)
      return last.error();
    out.last = *last;
  }
  return out;
}

/// Fills a page from events that are offered newest first.
class page_builder {
 public:
  page_builder(const audit_query& query, span wanted)
      : query_{query}, filter_{query}, wanted_{wanted} {}

  /// False once the page is complete.
  result<bool> offer(std::uint64_t sequence, std::string_view bytes) {
    ++examined_;
    if (filter_.may_match(bytes)) {
      auto event = audit_event_from_bytes(bytes);
      if (!event)
        return event.error();
      if (filter_.matches(*event))
        page_.events.push_back({sequence, std::move(*event)});
    }
    const bool complete = page_.events.size() >= query_.limit ||
                          examined_ >= max_examined_per_page;
    if (complete && sequence > wanted_.first)
      page_.next_before = sequence;
    return !complete;
  }

  audit_page take() { return std::move(page_); }

 private:
  const audit_query& query_;
  audit::event_filter filter_;
  span wanted_;
  audit_page page_;
  std::uint32_t examined_ = 0;
};

result<void> scan_all(const transaction& txn, const databases& dbs, span wanted,
                      page_builder& page) {
  auto at = cursor::open(txn, dbs.audit);
  if (!at)
    return at.error();
  auto found = at->last_below(sequence_key(wanted.last));
  for (; found && *found; found = at->previous()) {
    const auto sequence = read_u64((*found)->key);
    if (sequence < wanted.first)
      break;
    const auto record = audit_record::parse((*found)->value);
    if (!record)
      return damaged("audit event " + std::to_string(sequence) +
                     " is not readable");
    auto more = page.offer(sequence, record->bytes);
    if (!more)
      return more.error();
    if (!*more)
      break;
  }
  if (!found)
    return found.error();
  return {};
}

/// The events of one run; whether to go on to the one before.
result<bool> scan_run(const transaction& txn, const databases& dbs, span run,
                      page_builder& page) {
  for (auto at = run.last; at > run.first; --at) {
    auto bytes = stored_bytes(txn, dbs, at - 1);
    if (!bytes)
      return bytes.error();
    auto more = page.offer(at - 1, *bytes);
    if (!more || !*more)
      return more;
  }
  return true;
}

result<void> scan_action(const transaction& txn, const databases& dbs,
                         span wanted, const uuid& id, page_builder& page) {
  auto value = txn.find(dbs.actions, view_of(id));
  if (!value)
    return value.error();
  if (!*value)
    return {};
  const auto row = row_record::parse(**value);
  if (!row)
    return damaged("the row of action " + to_string(id) + " is not readable");
  for (auto i = row->run_count(); i > 0; --i) {
    const auto run = row->run(i - 1);
    auto more = scan_run(
        txn, dbs,
        {std::max(run.first, wanted.first), std::min(run.end(), wanted.last)},
        page);
    if (!more)
      return more.error();
    if (!*more)
      break;
  }
  return {};
}

}  // namespace

result<audit_event> read_event(const transaction& txn, const databases& dbs,
                               std::uint64_t sequence) {
  auto bytes = stored_bytes(txn, dbs, sequence);
  if (!bytes)
    return bytes.error();
  return audit_event_from_bytes(*bytes);
}

result<audit_page> query_audit(read_access store, const audit_query& query) {
  if (auto valid = check_limit(query.limit); !valid)
    return valid.error();
  auto txn = read_transaction::begin(store.env);
  if (!txn)
    return txn.error();
  auto wanted = wanted_span(*txn, store.dbs, query);
  if (!wanted)
    return wanted.error();
  page_builder page{query, *wanted};
  if (wanted->empty())
    return page.take();
  const bool indexed = query.action_id && !query.action_id->is_nil();
  auto ok = indexed
                ? scan_action(*txn, store.dbs, *wanted, *query.action_id, page)
                : scan_all(*txn, store.dbs, *wanted, page);
  if (!ok)
    return ok.error();
  return page.take();
}

}  // namespace closedpaw::storage
