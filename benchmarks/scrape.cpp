// What one GET /metrics costs: the families of a tree of 200 actors, and of
// what was measured, gathered and written as text; and what one evaluation of
// the alerts' rules over them costs. Medians; prints one JSON object.
#include <algorithm>
#include <chrono>
#include <cstdio>

#include "actors/monitoring/alerts/engine.hpp"
#include "actors/monitoring/metrics/live_families.hpp"
#include "actors/monitoring/metrics/meters.hpp"
#include "actors/monitoring/metrics/process_families.hpp"
#include "config/alert_rules.hpp"

namespace {

using namespace closedpaw;
using namespace closedpaw::monitoring;
using clock_type = std::chrono::steady_clock;

constexpr int actors = 200;
constexpr int rounds = 300;

node_snapshot tree() {
  node_snapshot root;
  root.path = "root";
  for (int i = 0; i < actors; ++i) {
    node_snapshot child;
    child.path = "root/agents/0190d1a2-0000-7000-8000-" + std::to_string(i);
    child.state = node_state::running;
    child.messages = 1'000'000;
    child.busy = std::chrono::milliseconds{12'345};
    root.children.push_back(child);
  }
  return root;
}

/// As after a day: twenty routes in use, with two statuses each.
void use(meters& m, const std::vector<std::string>& routes) {
  for (const auto& route : routes)
    for (const unsigned status : {200U, 404U})
      for (int i = 0; i < 100; ++i)
        m.answered({http::method::get, route, status,
                    std::chrono::microseconds{100 * i}});
  for (int i = 0; i < 5; ++i)
    m.called({"p" + std::to_string(i), "openai", "model", "", 900, 100, 200});
}

double median_us(std::vector<double>& x) {
  std::ranges::nth_element(x, x.begin() + static_cast<long>(x.size() / 2));
  return x[x.size() / 2];
}

}  // namespace

int main() {
  std::vector<std::string> routes;
  for (int i = 0; i < 20; ++i)
    routes.push_back("/api/route/" + std::to_string(i));
  meters measured;
  use(measured, routes);
  const auto root = tree();
  live_state live;
  alerts::engine engine{
      config::parse_alert_rules(config::builtin_alert_rules()).value()};
  std::vector<double> gathering;
  std::vector<double> writing;
  std::vector<double> judging;
  std::size_t bytes = 0;
  const auto us = [](clock_type::duration x) {
    return std::chrono::duration<double, std::micro>(x).count();
  };
  for (int i = 0; i < rounds; ++i) {
    const auto t0 = clock_type::now();
    auto all = measured.collect();
    add_tree(root, all);
    add_state(live, system_now(), all);
    add_process(all);
    const auto t1 = clock_type::now();
    bytes = exposition(all).size();
    const auto t2 = clock_type::now();
    // A second later each time, so that windows are passed.
    engine.evaluate(all, {t2 + std::chrono::seconds{i}, system_now()},
                    [](const auto&, const auto&) { return std::string{}; });
    const auto t3 = clock_type::now();
    gathering.push_back(us(t1 - t0));
    writing.push_back(us(t2 - t1));
    judging.push_back(us(t3 - t2));
  }
  std::printf(
      "{\"actors\": %d, \"bytes\": %zu, \"gather_us\": %.0f, \"write_us\": "
      "%.0f, \"rules_us\": %.0f}\n",
      actors, bytes, median_us(gathering), median_us(writing),
      median_us(judging));
  return 0;
}
