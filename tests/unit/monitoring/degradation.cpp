#define CAF_SUITE degradation

#include "actors/monitoring/degradation.hpp"

#include "tests/unit_test.hpp"

namespace degradation_tests {

using namespace closedpaw;
using std::chrono::milliseconds;
using strings = std::vector<std::string>;

timestamp at(std::int64_t s) {
  return timestamp{std::chrono::seconds{s}};
}

struct world {
  world() {
    provider.name = "ollama";
    provider.last_success = at(1000);
    root.path = "root";
    root.state = node_state::running;
  }
  strings causes(timestamp now = at(1001)) {
    live.providers.publish(
        {std::make_shared<published<provider_view>>(live.gen, provider)});
    live.vault.publish(vault);
    return monitoring::degraded_because(live, root, now);
  }
  node_snapshot child(node_state state) {
    node_snapshot n;
    n.path = "root/x";
    n.state = state;
    n.state_since = at(900);
    return n;
  }

  live_state live;
  provider_view provider;
  node_snapshot root;
  vault_view vault{.locked = false};
};

CAF_TEST(all_is_well) {
  world w;
  CAF_CHECK_EQUAL(w.causes(), strings{});
}

CAF_TEST(a_vault_that_is_locked) {
  world w;
  w.vault = {.locked = true, .since = at(900), .why = "no passphrase"};
  CAF_CHECK_EQUAL(w.causes(),
                  (strings{"the vault is locked since "
                           "1970-01-01T00:15:00.000000: no passphrase"}));
}

CAF_TEST(no_isolation_that_works) {
  world w;
  agents_view view;
  w.live.agents.publish(view);
  CAF_CHECK_EQUAL(w.causes(), strings{});
  view.isolation.runtimes = {{"oci", true, "1", false, "no cgroup", {}},
                             {"kata", false, "", false, "", {}}};
  w.live.agents.publish(view);
  CAF_CHECK_EQUAL(w.causes(),
                  (strings{"no isolation works here, so no agent starts and no "
                           "skill runs; oci: no cgroup; kata: not installed"}));
  view.isolation.chosen = "oci";
  w.live.agents.publish(view);
  CAF_CHECK_EQUAL(w.causes(), strings{});
}

CAF_TEST(a_log_that_refuses) {
  world w;
  w.live.storage.publish({failure{errc::storage_full, "no room", {}, {}}});
  CAF_CHECK_EQUAL(w.causes(), (strings{"the audit log refuses: no room"}));
}

CAF_TEST(nodes_in_trouble_with_cause_and_next_attempt) {
  world w;
  auto deep = w.child(node_state::failed);
  deep.path = "root/x/y";
  deep.last_exit = exit_record{"boom", at(900)};
  deep.next_attempt = at(960);
  auto branch = w.child(node_state::running);
  branch.children.push_back(deep);
  w.root.children.push_back(branch);
  CAF_CHECK_EQUAL(
      w.causes(),
      (strings{"root/x/y is failed since 1970-01-01T00:15:00.000000: "
               "boom; next attempt 1970-01-01T00:16:00.000000"}));
}

CAF_TEST(which_states_are_trouble) {
  using enum node_state;
  for (const auto s : {backoff, hung, failed, recovering}) {
    world w;
    w.root.children.push_back(w.child(s));
    CAF_CHECK_EQUAL(w.causes().size(), 1u);
  }
  for (const auto s : {starting, running, stopping, stopped}) {
    world w;
    w.root.children.push_back(w.child(s));
    CAF_CHECK_EQUAL(w.causes().size(), 0u);
  }
}

CAF_TEST(a_provider_that_fails) {
  world w;
  w.provider.last_error = failure{errc::unreachable, "refused", {}, {}};
  CAF_CHECK_EQUAL(w.causes(),
                  (strings{"provider ollama fails: refused; last success "
                           "1970-01-01T00:16:40.000000"}));
  w.provider.last_success.reset();
  CAF_CHECK_EQUAL(
      w.causes(),
      (strings{"provider ollama fails: refused; it never answered"}));
}

CAF_TEST(never_connected_is_not_healthy_and_proof_grows_old) {
  world w;
  w.provider.freshness = milliseconds{90'000};
  CAF_CHECK_EQUAL(w.causes(at(1090)), strings{});
  CAF_CHECK_EQUAL(w.causes(at(1091)),
                  (strings{"provider ollama has not answered since "
                           "1970-01-01T00:16:40.000000"}));
  w.provider.last_success.reset();
  CAF_CHECK_EQUAL(w.causes(),
                  (strings{"provider ollama has not answered yet"}));
  w.provider.enabled = false;
  CAF_CHECK_EQUAL(w.causes(), strings{});
}

CAF_TEST(channels_that_do_not_work) {
  world w;
  const auto add = [&](std::string name, channel_view view) {
    channel_place x;
    x.name = std::move(name);
    x.view = std::make_shared<published<channel_view>>(w.live.gen, view);
    auto all = *w.live.channels.get();
    all.push_back(std::move(x));
    w.live.channels.publish(std::move(all));
  };
  const auto lost = [](errc code) {
    channel_view v;
    v.started_at = v.first_proof = v.last_proof = at(990);
    v.receiving =
        channel_trouble{{code, "why", {}, {}}, at(995), at(999), 2, {}};
    return v;
  };
  add("stopped", {});
  CAF_CHECK_EQUAL(w.causes(), strings{});
  add("a", lost(errc::conflict));
  const auto first =
      "channel a is reconnecting since " + to_iso8601(at(995)) + ": why";
  CAF_CHECK_EQUAL(w.causes(), strings{first});
  add("b", lost(errc::unreachable));
  CAF_CHECK_EQUAL(w.causes().size(), 2U);
  // Together it is the network: one cause.
  add("c", lost(errc::unreachable));
  add("d", lost(errc::unreachable));
  const auto causes = w.causes();
  CAF_REQUIRE_EQUAL(causes.size(), 2U);
  CAF_CHECK(causes[1].starts_with(
      "3 channels do not reach their services (b, c, d)"));
}

CAF_TEST(notices_of_this_start) {
  world w;
  w.live.notices = {"safe mode"};
  CAF_CHECK_EQUAL(w.causes(), (strings{"safe mode"}));
}

}  // namespace degradation_tests
