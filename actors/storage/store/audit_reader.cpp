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

failure unreadable(std::uint64_t sequence, const std::string& why) {
  return damaged("audit event " + std::to_string(sequence) +
                 " is not readable (" + why + ")");
}

result<audit_event> event_of(std::uint64_t sequence, std::string_view bytes) {
  auto event = audit_event_from_bytes(bytes);
  if (!event)
    return unreadable(sequence, event.error().message);
  return event;
}

result<std::string_view> stored_record(const transaction& txn,
                                       const databases& dbs,
                                       std::uint64_t sequence) {
  auto value = txn.find(dbs.audit, sequence_key(sequence));
  if (!value)
    return value.error();
  if (!*value)
    return damaged("audit event " + std::to_string(sequence) + " is missing");
  return **value;
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

/// Fills a page from events that are offered in the query's order.
class page_builder {
 public:
  page_builder(const audit_query& query, span wanted)
      : query_{query}, filter_{query}, wanted_{wanted} {}

  /// False once the page is complete.
  result<bool> offer(std::uint64_t sequence, std::string_view record) {
    ++examined_;
    auto done = take_in(sequence, record);
    if (!done && query_.skip_unreadable)
      page_.unreadable.push_back(sequence);
    else if (!done)
      return done.error();
    const bool complete = page_.events.size() >= query_.limit ||
                          examined_ >= max_examined_per_page ||
                          bytes_ >= max_page_bytes;
    if (query_.ascending) {
      page_.last_examined = sequence;
      page_.more = complete && sequence + 1 < wanted_.last;
    } else if (complete && sequence > wanted_.first) {
      page_.next_before = sequence;
    }
    return !complete;
  }

  audit_page take() { return std::move(page_); }

 private:
  result<void> take_in(std::uint64_t sequence, std::string_view value) {
    const auto record = audit_record::parse(value);
    if (!record)
      return unreadable(sequence, "its record is cut");
    if (!filter_.may_match(record->bytes))
      return {};
    auto event = event_of(sequence, record->bytes);
    if (!event)
      return event.error();
    if (filter_.matches(*event)) {
      page_.events.push_back({sequence, std::move(*event)});
      bytes_ += record->bytes.size();
    }
    return {};
  }

  const audit_query& query_;
  audit::event_filter filter_;
  span wanted_;
  audit_page page_;
  std::uint32_t examined_ = 0;
  std::size_t bytes_ = 0;
};

result<void> scan_all(const transaction& txn, const databases& dbs, span wanted,
                      bool ascending, page_builder& page) {
  auto at = cursor::open(txn, dbs.audit);
  if (!at)
    return at.error();
  auto found = ascending ? at->lower_bound(sequence_key(wanted.first))
                         : at->last_below(sequence_key(wanted.last));
  for (; found && *found; found = ascending ? at->next() : at->previous()) {
    const auto sequence = read_u64((*found)->key);
    if (sequence < wanted.first || sequence >= wanted.last)
      break;
    auto more = page.offer(sequence, (*found)->value);
    if (!more)
      return more.error();
    if (!*more)
      break;
  }
  if (!found)
    return found.error();
  return {};
}

/// The events of one run; whether to go on to the next one.
result<bool> scan_run(const transaction& txn, const databases& dbs, span run,
                      bool ascending, page_builder& page) {
  for (std::uint64_t i = 0; run.first + i < run.last; ++i) {
    const auto sequence = ascending ? run.first + i : run.last - 1 - i;
    auto record = stored_record(txn, dbs, sequence);
    if (!record)
      return record.error();
    auto more = page.offer(sequence, *record);
    if (!more || !*more)
      return more;
  }
  return true;
}

result<void> scan_action(const transaction& txn, const databases& dbs,
                         span wanted, const uuid& id, bool ascending,
                         page_builder& page) {
  auto value = txn.find(dbs.actions, view_of(id));
  if (!value)
    return value.error();
  if (!*value)
    return {};
  const auto row = row_record::parse(**value);
  if (!row)
    return damaged("the row of action " + to_string(id) + " is not readable");
  const auto runs = row->run_count();
  for (std::size_t i = 0; i < runs; ++i) {
    const auto run = row->run(ascending ? i : runs - 1 - i);
    auto more = scan_run(
        txn, dbs,
        {std::max(run.first, wanted.first), std::min(run.end(), wanted.last)},
        ascending, page);
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
  auto value = stored_record(txn, dbs, sequence);
  if (!value)
    return value.error();
  const auto record = audit_record::parse(*value);
  if (!record)
    return unreadable(sequence, "its record is cut");
  return event_of(sequence, record->bytes);
}

result<std::uint64_t> first_since(const transaction& txn, const databases& dbs,
                                  std::uint64_t first, std::uint64_t last,
                                  timestamp time) {
  return first_where(txn, dbs, {first, last},
                     [&](timestamp t) { return t >= time; });
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
  auto ok = indexed ? scan_action(*txn, store.dbs, *wanted, *query.action_id,
                                  query.ascending, page)
                    : scan_all(*txn, store.dbs, *wanted, query.ascending, page);
  if (!ok)
    return ok.error();
  return page.take();
}

}  // namespace closedpaw::storage
