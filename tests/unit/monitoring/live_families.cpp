#define CAF_SUITE live_families

#include "actors/monitoring/metrics/live_families.hpp"

#include "actors/monitoring/metrics/process_families.hpp"
#include "tests/unit_test.hpp"

namespace live_families_tests {

using namespace closedpaw;
using namespace closedpaw::monitoring;
using namespace std::chrono_literals;

constexpr timestamp now{1000s};

bool has_line(const families& x, const std::string& line) {
  const auto text = "\n" + exposition(x);
  if (contains(text, "\n" + line + "\n"))
    return true;
  CAF_MESSAGE(text);
  return false;
}

struct world {
  void provider(provider_view x) {
    live.providers.publish(
        {std::make_shared<published<provider_view>>(live.gen, std::move(x))});
  }
  void channel(std::string name, channel_view view) {
    channel_place x;
    x.name = std::move(name);
    x.type = "telegram";
    x.view = std::make_shared<published<channel_view>>(live.gen, view);
    auto all = *live.channels.get();
    all.push_back(std::move(x));
    live.channels.publish(std::move(all));
  }

  live_state live;
};

provider_view view_of() {
  provider_view p;
  p.name = "home";
  p.last_success = timestamp{990s};
  return p;
}

channel_view lost(errc code) {
  channel_view v;
  v.started_at = v.first_proof = v.last_proof = timestamp{900s};
  v.receiving = channel_trouble{
      {code, "why", {}, {}}, timestamp{950s}, timestamp{999s}, 4, {}};
  return v;
}

CAF_TEST(nodes of the tree) {
  node_snapshot root;
  root.path = "root";
  root.state = node_state::running;
  node_snapshot child;
  child.path = "root/x";
  child.state = node_state::backoff;
  child.restarts = 3;
  child.mailbox = {7, 1500ms};
  child.busy = 250ms;
  child.handler = 750ms;
  root.children.push_back(child);
  families out;
  add_tree(root, out);
  CAF_CHECK(has_line(
      out, "closedpaw_actor_state{path=\"root/x\",state=\"backoff\"} 1"));
  CAF_CHECK(has_line(out, "closedpaw_actor_restarts_total{path=\"root/x\"} 3"));
  CAF_CHECK(has_line(out, "closedpaw_actor_restarts_total{path=\"root\"} 0"));
  CAF_CHECK(
      has_line(out, "closedpaw_actor_mailbox_messages{path=\"root/x\"} 7"));
  CAF_CHECK(has_line(
      out, "closedpaw_actor_mailbox_oldest_seconds{path=\"root/x\"} 1.5"));
  CAF_CHECK(has_line(
      out, "closedpaw_actor_busy_seconds_total{path=\"root/x\"} 0.25"));
  CAF_CHECK(
      has_line(out, "closedpaw_actor_handler_seconds{path=\"root/x\"} 0.75"));
}

CAF_TEST(a provider is up only by a recent success) {
  const auto line = [](provider_view p) {
    world w;
    w.provider(std::move(p));
    families out;
    add_providers(w.live, now, out);
    const auto text = exposition(out);
    const auto at = text.find("closedpaw_provider_trouble{");
    return std::string(contains(text, "up{provider=\"home\"} 1") ? "up" : "") +
           (at == std::string::npos
                ? ""
                : text.substr(at, text.find('\n', at) - at));
  };
  const auto trouble = [](const std::string& code) {
    return "closedpaw_provider_trouble{provider=\"home\",code=\"" + code +
           "\"} 1";
  };
  auto p = view_of();
  CAF_CHECK_EQUAL(line(p), "up");
  p.last_error = failure{errc::upstream_refused, "key", {}, {}};
  CAF_CHECK_EQUAL(line(p), trouble("upstream_refused"));
  p = view_of();
  p.last_success = timestamp{900s};
  CAF_CHECK_EQUAL(line(p), trouble("stale"));
  p.last_success.reset();
  CAF_CHECK_EQUAL(line(p), trouble("never_connected"));
  p.enabled = false;
  CAF_CHECK_EQUAL(line(p), "");
}

CAF_TEST(a provider whose actor is gone is not up) {
  world w;
  w.provider(view_of());
  w.live.providers.get()->at(0)->mark_stale(timestamp{995s});
  families out;
  add_providers(w.live, now, out);
  CAF_CHECK(has_line(out, "closedpaw_provider_up{provider=\"home\"} 0"));
  CAF_CHECK(has_line(out,
                     "closedpaw_provider_trouble{provider=\"home\",code="
                     "\"actor_down\"} 1"));
}

CAF_TEST(open circuits) {
  world w;
  auto p = view_of();
  p.circuits = {
      {"m\n1", 5, timestamp{1001s}}, {"m2", 5, timestamp{999s}}, {"m3", 1, {}}};
  w.provider(p);
  families out;
  add_providers(w.live, now, out);
  CAF_CHECK(has_line(out,
                     "closedpaw_provider_circuit_open{provider=\"home\","
                     "model=\"m\\\\u{000A}1\"} 1"));
  CAF_CHECK(has_line(
      out,
      "closedpaw_provider_circuit_open{provider=\"home\",model=\"m2\"} 1"));
  CAF_CHECK(has_line(
      out,
      "closedpaw_provider_circuit_open{provider=\"home\",model=\"m3\"} 0"));
}

CAF_TEST(channels that are cut off are counted together) {
  world w;
  w.channel("a", lost(errc::unreachable));
  w.channel("b", lost(errc::timeout));
  w.channel("c", lost(errc::upstream_refused));
  w.channel("d", {});
  families out;
  add_channels(w.live, now, out);
  CAF_CHECK(has_line(out, "closedpaw_channels_down{reason=\"unreachable\"} 2"));
  CAF_CHECK(has_line(out, "closedpaw_channels_down{reason=\"refused\"} 1"));
  CAF_CHECK(has_line(
      out, "closedpaw_channel_down{channel=\"a\",reason=\"unreachable\"} 1"));
  CAF_CHECK(has_line(out,
                     "closedpaw_channel_trouble{channel=\"a\",part="
                     "\"receiving\",code=\"unreachable\"} 4"));
  CAF_CHECK(
      has_line(out, "closedpaw_channel_up{channel=\"b\",type=\"telegram\"} 0"));
  // One that is stopped is neither up nor down.
  CAF_CHECK(has_line(
      out, "closedpaw_channel_state{channel=\"d\",state=\"stopped\"} 1"));
  CAF_CHECK(!contains(exposition(out), "channel_up{channel=\"d\""));
}

CAF_TEST(a channel whose sending fails is connected) {
  world w;
  auto v = lost(errc::timeout);
  v.sending = std::exchange(v.receiving, {});
  v.last_proof = timestamp{990s};
  w.channel("a", v);
  families out;
  add_channels(w.live, now, out);
  CAF_CHECK(has_line(
      out, "closedpaw_channel_state{channel=\"a\",state=\"degraded\"} 1"));
  CAF_CHECK(
      has_line(out, "closedpaw_channel_up{channel=\"a\",type=\"telegram\"} 1"));
  CAF_CHECK(!contains(exposition(out), "closedpaw_channel_down{"));
}

CAF_TEST(agents) {
  world w;
  agents_view view;
  view.max_agents = 16;
  view.started = 5;
  view.ended = {{"out_of_memory", 2}};
  agent_view x;
  x.skill_id = "shell";
  x.state = agent_state::running;
  x.usage.memory_bytes = 1024;
  view.agents.push_back(std::make_shared<published<agent_view>>(w.live.gen, x));
  x.state = agent_state::stopped;
  view.agents.push_back(std::make_shared<published<agent_view>>(w.live.gen, x));
  families out;
  add_agents(view, out);
  CAF_CHECK(has_line(out, "closedpaw_agents{state=\"running\"} 1"));
  CAF_CHECK(
      has_line(out, "closedpaw_agent_ends_total{cause=\"out_of_memory\"} 2"));
  CAF_CHECK(
      has_line(out, "closedpaw_agent_ends_total{cause=\"disk_limit\"} 0"));
  CAF_CHECK(has_line(out,
                     "closedpaw_agent_memory_bytes{agent=\"00000000-0000-"
                     "0000-0000-000000000000\",skill=\"shell\"} 1024"));
}

CAF_TEST(what waits and what the log refuses) {
  world w;
  orchestrator_view work;
  action row;
  row.created_at = timestamp{940s};
  work.pending.push_back(std::make_shared<const action>(row));
  w.live.orchestrator.publish(work);
  w.live.storage.publish({failure{errc::storage_full, "no room", {}, {}}});
  w.live.anchor.publish({3, timestamp{980s}, {}, {}, "no disk", ""});
  families out;
  add_state(w.live, now, out);
  CAF_CHECK(has_line(out, "closedpaw_actions_oldest_pending_seconds 60"));
  CAF_CHECK(has_line(out, "closedpaw_audit_refusing 1"));
  CAF_CHECK(has_line(out,
                     "closedpaw_audit_anchor_failing{path=\"root/storage/"
                     "head_anchor\",where=\"file\"} 1"));
  CAF_CHECK(has_line(out, "closedpaw_audit_anchored_events{where=\"file\"} 3"));
}

CAF_TEST(the process measures itself) {
  families out;
  add_process(out);
  add_disk("/", out);
  std::map<std::string, double> values;
  for (const auto& f : out)
    values[f.name] = f.metric.at(0).gauge.value;
  CAF_CHECK(values["process_resident_memory_bytes"] > 1e6);
  CAF_CHECK(values["process_open_fds"] >= 3);
  CAF_CHECK(values["process_max_fds"] >= values["process_open_fds"]);
  CAF_CHECK(values["process_threads"] >= 1);
  CAF_CHECK(values["closedpaw_disk_size_bytes"] >=
            values["closedpaw_disk_free_bytes"]);
  // Within this hour at the earliest.
  const auto t = seconds_of(system_now());
  CAF_CHECK(values["process_start_time_seconds"] > t - 3600);
  CAF_CHECK(values["process_start_time_seconds"] < t + 5);
}

}  // namespace live_families_tests
