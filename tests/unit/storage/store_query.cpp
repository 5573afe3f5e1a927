#define CAF_SUITE store_query

#include <algorithm>
#include <map>

#include "tests/unit/storage/fixture.hpp"
#include "tests/unit_test.hpp"

namespace store_query_tests {

using namespace closedpaw;
using namespace closedpaw::storage;
using namespace closedpaw::storage::test;

constexpr std::uint32_t event_count = 3000;
constexpr const char* statuses[] = {"pending", "approved", "completed"};
constexpr const char* types[] = {"chat", "model_switch", "supervision"};
constexpr const char* levels[] = {"info", "low", "critical"};

/// Three events after another are about the same action, or about none.
std::uint32_t action_of_event(std::uint32_t n) {
  const auto group = n / 3;
  return group % 7 == 0 ? 0 : 1 + group % 40;
}

/// Event `n`; the times repeat, jump, and run backwards here and there.
audit_event varied(std::uint32_t n) {
  auto out = event_of(action_of_event(n), statuses[n % 3],
                      1000 + (n / 4) * 10 - (n % 50 == 0 ? 500 : 0));
  out.action_type = types[(n / 3) % 3];
  out.level = levels[(n / 5) % 3];
  if (n % 2 == 0)
    out.outcome = n % 4 == 0 ? "success" : "failure";
  out.user.id = "uid:" + std::to_string(1000 + n % 5);
  out.details = json{{"Number", n}, {"path", n % 11 == 0 ? "/Tmp/A\"b" : "/x"}};
  return out;
}

/// What the log should hold, newest first.
std::vector<stored_event> expected_log() {
  std::vector<stored_event> out;
  timestamp newest{};
  for (std::uint32_t n = 0; n < event_count; ++n) {
    auto event = varied(n);
    newest = std::max(newest, event.time);
    event.time = newest;
    out.push_back({n, std::move(event)});
  }
  std::ranges::reverse(out);
  return out;
}

void write_log(store& s) {
  std::vector<commit_unit> units;
  std::map<std::uint32_t, std::uint64_t> versions;
  for (std::uint32_t n = 0; n < event_count;) {
    commit_unit unit;
    const auto about = action_of_event(n);
    if (about != 0)
      unit.row = row_of(about, ++versions[about], action_status::pending);
    for (int i = 0; i < 3 && n < event_count; ++i)
      unit.events.push_back(varied(n++));
    units.push_back(std::move(unit));
  }
  for (const auto& answer : s.writer().commit(units))
    answer.value();
}

bool matches(const audit_query& q, const stored_event& s) {
  const auto& e = s.event;
  const auto is = [](const auto& wanted, const auto& value) {
    return !wanted || *wanted == value;
  };
  return (!q.before || s.sequence < *q.before) &&
         (!q.after || s.sequence > *q.after) &&
         (!q.since || e.time >= *q.since) && (!q.until || e.time <= *q.until) &&
         is(q.action_type, e.action_type) && is(q.status, e.status) &&
         is(q.level, e.level) && is(q.user, e.user.id) &&
         is(q.action_id, e.action_id) &&
         (!q.outcome || (e.outcome && *q.outcome == *e.outcome)) &&
         (!q.text || contains(e.details.str(), *q.text));
}

using sequences = std::vector<std::uint64_t>;

sequences by_model(const std::vector<stored_event>& log,
                   const audit_query& query) {
  sequences out;
  for (const auto& x : log)
    if (matches(query, x))
      out.push_back(x.sequence);
  return out;
}

/// All pages; nothing when one is larger than it may be.
sequences by_pages(const store& s, audit_query query) {
  sequences out;
  for (;;) {
    const auto page = s.query(query).value();
    if (page.events.size() > query.limit)
      return {};
    for (const auto& x : page.events)
      out.push_back(x.sequence);
    if (!page.next_before)
      return out;
    query.before = page.next_before;
  }
}

/// The same from the other end; the cursor follows what was examined.
sequences by_ascending_pages(const store& s, audit_query query) {
  sequences out;
  query.ascending = true;
  for (;;) {
    const auto page = s.query(query).value();
    if (page.events.size() > query.limit || page.next_before)
      return {};
    for (const auto& x : page.events)
      out.push_back(x.sequence);
    if (!page.more) {
      std::ranges::reverse(out);
      return out;
    }
    query.after = page.last_examined;
  }
}

std::vector<audit_query> single_filters() {
  std::vector<audit_query> out(14);
  out[1].action_type = "chat";
  out[2].status = "completed";
  out[3].outcome = "failure";
  out[4].level = "critical";
  out[5].user = "uid:1003";
  out[6].action_id = id_of(12);
  out[7].action_id = uuid{};
  out[8].text = "/Tmp/A\\\"b";
  out[9].since = at_us(4000);
  out[10].until = at_us(4000);
  out[11].before = 1234;
  out[12].after = 2345;
  out[13].status = "no such status";
  return out;
}

std::vector<audit_query> combined_filters() {
  std::vector<audit_query> out(7);
  out[0].since = at_us(3005);
  out[0].until = at_us(6000);
  out[0].status = "pending";
  out[1].action_id = id_of(3);
  out[1].since = at_us(2500);
  out[1].until = at_us(7000);
  out[2].action_id = id_of(3);
  out[2].outcome = "success";
  out[2].after = 400;
  out[2].before = 2900;
  out[3].since = at_us(1'000'000);
  out[4].until = at_us(0);
  out[5].since = at_us(4000);
  out[5].until = at_us(3000);
  out[6].after = UINT64_MAX;
  return out;
}

CAF_TEST(every_filter_agrees_with_a_model_at_every_page_size) {
  const temp_dir dir;
  auto s = open_store(dir.data());
  write_log(*s);
  const auto log = expected_log();
  auto queries = single_filters();
  std::ranges::copy(combined_filters(), std::back_inserter(queries));
  for (std::size_t i = 0; i < queries.size(); ++i) {
    const auto wanted = by_model(log, queries[i]);
    for (const std::uint32_t limit : {7u, 100u, 1000u}) {
      queries[i].limit = limit;
      CAF_MESSAGE("query " << i << ", limit " << limit);
      CAF_CHECK(by_pages(*s, queries[i]) == wanted);
      CAF_CHECK(by_ascending_pages(*s, queries[i]) == wanted);
    }
  }
}

CAF_TEST(an_ascending_page_says_how_far_it_looked) {
  const temp_dir dir;
  auto s = open_store(dir.data());
  write_log(*s);
  audit_query query;
  query.ascending = true;
  query.status = "no such status";
  auto page = s->query(query).value();
  CAF_CHECK(page.events.empty());
  // Whoever follows begins behind it, although nothing fitted.
  CAF_CHECK_EQUAL(page.last_examined.value(), event_count - 1);
  CAF_CHECK(!page.more);
  query.after = page.last_examined;
  page = s->query(query).value();
  CAF_CHECK(!page.last_examined);
  CAF_CHECK(!page.more);
}

CAF_TEST(a_page_ends_with_the_event_that_makes_it_long) {
  const temp_dir dir;
  auto s = open_store(dir.data());
  auto large = event_of(0, "recorded");
  large.details = json{{"text", std::string(max_page_bytes / 2, 'x')}};
  for (int i = 0; i < 5; ++i) {
    commit_unit unit;
    unit.events.push_back(large);
    s->writer().commit(std::vector{unit}).at(0).value();
  }
  audit_query query;
  CAF_CHECK_EQUAL(s->query(query).value().events.size(), 2U);
  CAF_CHECK_EQUAL(by_pages(*s, query).size(), 5U);
  CAF_CHECK_EQUAL(by_ascending_pages(*s, query).size(), 5U);
}

CAF_TEST(events_come_back_whole) {
  const temp_dir dir;
  auto s = open_store(dir.data());
  write_log(*s);
  const auto log = expected_log();
  audit_query query;
  query.limit = 1000;
  const auto page = s->query(query).value();
  CAF_REQUIRE_EQUAL(page.events.size(), 1000u);
  std::size_t differing = 0;
  for (std::size_t i = 0; i < page.events.size(); ++i)
    if (canonical_bytes(page.events[i].event) != canonical_bytes(log[i].event))
      ++differing;
  CAF_CHECK_EQUAL(differing, 0u);
}

CAF_TEST(the_last_page_has_no_cursor) {
  const temp_dir dir;
  auto s = open_store(dir.data());
  fill(*s, 10);
  audit_query query;
  query.limit = 10;
  CAF_CHECK(!s->query(query).value().next_before);
  query.limit = 9;
  CAF_CHECK_EQUAL(s->query(query).value().next_before.value_or(0), 1u);
}

CAF_TEST(a_rare_match_costs_a_bounded_page) {
  const temp_dir dir;
  auto s = open_store(dir.data());
  commit_unit rare;
  rare.events.push_back(event_of(0, "rare"));
  commit(*s, rare).value();
  fill(*s, 12'000);
  audit_query query;
  query.status = "rare";
  const auto first = s->query(query).value();
  CAF_CHECK(first.events.empty());
  CAF_REQUIRE(first.next_before);
  CAF_CHECK_EQUAL(*first.next_before, 12'001u - max_examined_per_page);
  query.before = first.next_before;
  const auto second = s->query(query).value();
  CAF_REQUIRE_EQUAL(second.events.size(), 1u);
  CAF_CHECK_EQUAL(second.events[0].sequence, 0u);
  CAF_CHECK(!second.next_before);
}

CAF_TEST(a_limit_out_of_range_is_refused) {
  const temp_dir dir;
  auto s = open_store(dir.data());
  for (const std::uint32_t limit : {0u, 1001u}) {
    audit_query query;
    query.limit = limit;
    CAF_CHECK(failed_with(s->query(query), errc::invalid_request));
    action_query actions;
    actions.limit = limit;
    CAF_CHECK(failed_with(s->list_actions(actions), errc::invalid_request));
  }
}

CAF_TEST(actions_are_listed_newest_first_by_status) {
  using enum action_status;
  const temp_dir dir;
  auto s = open_store(dir.data());
  constexpr action_status cycle[] = {pending, completed, executing, failed};
  std::vector<commit_unit> units;
  for (std::uint32_t n = 1; n <= 500; ++n)
    units.push_back(unit_of(n, 1, cycle[n % 4]));
  s->writer().commit(units);
  const std::optional<action_status> filters[] = {std::nullopt, pending,
                                                  completed, approved};
  for (const auto& status : filters) {
    std::vector<uuid> wanted;
    for (std::uint32_t n = 500; n >= 1; --n)
      if (!status || cycle[n % 4] == *status)
        wanted.push_back(id_of(n));
    std::vector<uuid> listed;
    action_query query{status, 30, std::nullopt};
    do {
      const auto page = s->list_actions(query).value();
      for (const auto& x : page.actions)
        listed.push_back(x.id);
      query.before = page.next_before;
    } while (query.before);
    CAF_CHECK(listed == wanted);
  }
}

CAF_TEST(a_rare_status_costs_a_bounded_page) {
  using enum action_status;
  const temp_dir dir;
  auto s = open_store(dir.data());
  std::vector<commit_unit> units;
  for (std::uint32_t n = 1; n <= max_actions_examined + 5; ++n)
    units.push_back(unit_of(n, 1, n <= 5 ? failed : completed));
  s->writer().commit(units);
  action_query query;
  query.status = failed;
  const auto first = s->list_actions(query).value();
  CAF_CHECK(first.actions.empty());
  CAF_REQUIRE(first.next_before);
  CAF_CHECK(*first.next_before == id_of(6));
  query.before = first.next_before;
  CAF_CHECK_EQUAL(s->list_actions(query).value().actions.size(), 5u);
}

CAF_TEST(a_page_of_long_actions_is_short) {
  const temp_dir dir;
  auto s = open_store(dir.data());
  std::vector<commit_unit> units;
  for (std::uint32_t n = 1; n <= 12; ++n) {
    units.push_back(unit_of(n, 1, action_status::completed));
    units.back().row->result = json{{"text", std::string(1 << 20, 'x')}};
  }
  s->writer().commit(units);
  action_query query;
  std::size_t seen = 0;
  std::size_t pages = 0;
  do {
    const auto page = s->list_actions(query).value();
    seen += page.actions.size();
    query.before = page.next_before;
    ++pages;
  } while (query.before);
  CAF_CHECK_EQUAL(seen, 12u);
  CAF_CHECK_EQUAL(pages, 3u);
}

}  // namespace store_query_tests
