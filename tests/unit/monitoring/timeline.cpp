#define CAF_SUITE timeline

#include "actors/monitoring/history/timeline.hpp"

#include "tests/unit_test.hpp"

namespace timeline_tests {

using namespace closedpaw;
using namespace closedpaw::monitoring;

using steady = std::chrono::steady_clock::time_point;
using std::chrono::seconds;

struct page {
  timeline sut{"run-1"};
  steady mono{seconds{100}};
  timestamp wall{seconds{1'700'000'000}};

  void look(const families& x, seconds after = seconds{5}) {
    mono += after;
    wall += after;
    sut.look(x, mono, wall);
  }

  json values(const std::string& name, std::int64_t since = 0) const {
    const auto all = sut.after(since);
    for (const auto& s : all["series"])
      if (s["name"] == name)
        return s["values"];
    return nullptr;
  }
};

families counter(const std::string& name, double value,
                 label_list labels = {}) {
  families out;
  auto f = family::counter(name, "");
  f.add(labels, value);
  std::move(f).to(out);
  return out;
}

families gauges(const std::string& name, std::initializer_list<double> values) {
  families out;
  auto f = family::gauge(name, "");
  char path = 'a';
  for (const double v : values) {
    const std::string label(1, path++);
    f.add({{"path", label}}, v);
  }
  std::move(f).to(out);
  return out;
}

/// Cumulative counts of the buckets up to 0.1, 1 and infinity.
families latency(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
  prometheus::MetricFamily f;
  f.name = "http_server_request_duration_seconds";
  f.type = prometheus::MetricType::Histogram;
  prometheus::ClientMetric m;
  m.histogram.sample_count = c;
  m.histogram.bucket = {
      {a, 0.1}, {b, 1.0}, {c, std::numeric_limits<double>::infinity()}};
  f.metric.push_back(m);
  return {f};
}

json list(std::initializer_list<json> x) {
  return json::array_t(x);
}

CAF_TEST(counters_are_shown_as_their_growth_a_second) {
  page p;
  p.look(counter("process_cpu_seconds_total", 10));
  p.look(counter("process_cpu_seconds_total", 11));
  p.look(counter("process_cpu_seconds_total", 15), seconds{10});
  CAF_CHECK_EQUAL(p.values("cpu"), list({nullptr, 0.2, 0.4}));
}

CAF_TEST(a_counter_that_appears_later_began_at_nothing) {
  page p;
  p.look({});
  p.look(counter("closedpaw_actions_total", 20, {{"status", "completed"}}));
  CAF_CHECK_EQUAL(p.values("actions_completed"), list({nullptr, 4.0}));
  CAF_CHECK_EQUAL(p.values("actions_failed"), list({nullptr, 0}));
}

CAF_TEST(a_counter_that_falls_began_anew) {
  page p;
  p.look(counter("process_cpu_seconds_total", 100));
  p.look(counter("process_cpu_seconds_total", 10));
  CAF_CHECK_EQUAL(p.values("cpu"), list({nullptr, 2.0}));
}

CAF_TEST(gauges_are_summed_or_the_largest_is_taken) {
  page p;
  p.look(gauges("closedpaw_actor_mailbox_oldest_seconds", {1, 7, 3}));
  CAF_CHECK_EQUAL(p.values("mailbox_oldest"), list({7.0}));
  p.look(gauges("closedpaw_actions_pending", {2, 3}));
  CAF_CHECK_EQUAL(p.values("actions_pending"), list({nullptr, 5.0}));
}

CAF_TEST(latency_is_of_what_was_answered_between_two_looks) {
  page p;
  p.look(latency(1000, 1000, 1000));
  p.look(latency(1010, 1020, 1020));
  // The 19th of 20: 9 tenths of the way through the second bucket.
  const auto shown = p.values("request_p95").at(1).get<double>();
  CAF_CHECK(std::abs(shown - (0.1 + 0.9 * 0.9)) < 1e-9);
  CAF_CHECK_EQUAL(p.values("requests"), list({nullptr, 4.0}));
}

CAF_TEST(without_a_request_there_is_no_latency) {
  page p;
  p.look(latency(5, 5, 5));
  p.look(latency(5, 5, 5));
  CAF_CHECK_EQUAL(p.values("request_p95"), list({nullptr, nullptr}));
}

CAF_TEST(what_lies_beyond_every_bound_is_the_last_bound) {
  page p;
  p.look(latency(0, 0, 0));
  p.look(latency(0, 0, 10));
  CAF_CHECK_EQUAL(p.values("request_p95"), list({nullptr, 1.0}));
}

CAF_TEST(an_hour_is_kept) {
  page p;
  for (std::size_t i = 0; i < timeline::kept + 10; ++i)
    p.look(counter("process_cpu_seconds_total", 1));
  const auto all = p.sut.after(0);
  CAF_CHECK_EQUAL(all["times"].size(), timeline::kept);
  CAF_CHECK_EQUAL(all["times"].back(), 1'700'000'000 + 5 * 730);
  for (const auto& s : all["series"])
    CAF_CHECK_EQUAL(s["values"].size(), timeline::kept);
}

CAF_TEST(readers_get_what_is_later_than_what_they_have) {
  page p;
  p.look(counter("process_cpu_seconds_total", 0));
  p.look(counter("process_cpu_seconds_total", 5));
  const auto more = p.sut.after(1'700'000'005);
  CAF_CHECK_EQUAL(more["times"], list({1'700'000'010}));
  CAF_CHECK_EQUAL(p.values("cpu", 1'700'000'005), list({1.0}));
  CAF_CHECK_EQUAL(p.sut.after(1'700'000'010)["times"], json::array());
  CAF_CHECK_EQUAL(more["run"], "run-1.0");
}

CAF_TEST(a_clock_that_is_set_back_begins_anew) {
  page p;
  p.look({});
  p.look({});
  p.wall -= seconds{3600};
  p.look({});
  const auto anew = p.sut.after(0);
  CAF_CHECK_EQUAL(anew["times"], list({1'700'000'015 - 3600}));
  // So readers know that what they have is of another one.
  CAF_CHECK_EQUAL(anew["run"], "run-1.1");
}

CAF_TEST(a_look_is_due_every_five_seconds) {
  page p;
  CAF_CHECK(p.sut.due(p.mono));
  p.look({});
  CAF_CHECK(!p.sut.due(p.mono + std::chrono::milliseconds{4'999}));
  CAF_CHECK(p.sut.due(p.mono + seconds{5}));
}

}  // namespace timeline_tests
