#include <map>

#include "actors/monitoring/metrics/live_families.hpp"
#include "http/routes/inert_text.hpp"

namespace closedpaw::monitoring {

namespace {

bool is_up(const provider_view& p, bool stale, timestamp now) {
  return !stale && !p.last_error && p.last_success &&
         now - *p.last_success <= p.freshness;
}

/// What is wrong with it, as one word that alerts can be about.
std::string_view trouble_of(const provider_view& p, bool stale) {
  if (stale)
    return "actor_down";
  if (p.last_error)
    return to_string(p.last_error->code);
  return p.last_success ? "stale" : "never_connected";
}

/// By the service's own exchanges: one whose sending or recording fails may
/// well be.
bool is_connected(channel_state s, const channel_view& x, timestamp now) {
  if (s == channel_state::degraded)
    return x.last_proof && now - *x.last_proof <= x.proof_within;
  return s == channel_state::connected || s == channel_state::quiet;
}

/// Coarse, so that it stays the same while a service is out.
std::string_view reason_of(const channel_view& x) {
  if (!x.receiving)
    return "other";
  if (x.receiving->why.code == errc::vault_locked)
    return "vault_locked";
  if (needs_a_person(x.receiving->why))
    return "refused";
  return x.receiving->why.code == errc::unreachable ||
                 x.receiving->why.code == errc::timeout
             ? "unreachable"
             : "other";
}

void add_trouble(family& to, const std::string& channel, const char* part,
                 const std::optional<channel_trouble>& x) {
  if (x)
    to.add({{"channel", channel},
            {"part", part},
            {"code", to_string(x->why.code)}},
           static_cast<double>(x->times));
}

}  // namespace

void add_providers(const live_state& live, timestamp now, families& out) {
  auto up = family::gauge(
      "closedpaw_provider_up",
      "Whether the last exchange with the provider succeeded and is recent");
  auto trouble = family::gauge("closedpaw_provider_trouble",
                               "1 for what keeps a provider from being up");
  auto success =
      family::gauge("closedpaw_provider_last_success_timestamp_seconds",
                    "When an exchange with the provider succeeded last");
  auto exchanges = family::counter("closedpaw_provider_exchanges_total",
                                   "Exchanges with the provider");
  auto failures = family::counter("closedpaw_provider_failures_total",
                                  "Exchanges with the provider that failed");
  auto in_flight = family::gauge("closedpaw_provider_chats_in_flight",
                                 "Chats that the provider works on");
  auto queued = family::gauge("closedpaw_provider_chats_queued",
                              "Chats that wait for a place there");
  auto models = family::gauge("closedpaw_provider_models",
                              "Models that the provider lists");
  auto circuit = family::gauge("closedpaw_provider_circuit_open",
                               "1 from failures in a row that stop chats "
                               "with the model to the next success");
  const auto all = live.providers.get();
  for (const auto& place : *all) {
    const auto p = place->get();
    if (!p->enabled)
      continue;
    const bool stale = place->stale_since().has_value();
    const bool works = is_up(*p, stale, now);
    const label_list name{{"provider", p->name}};
    up.add(name, works ? 1.0 : 0.0);
    if (!works)
      trouble.add({{"provider", p->name}, {"code", trouble_of(*p, stale)}},
                  1.0);
    if (p->last_success)
      success.add(name, seconds_of(*p->last_success));
    exchanges.add(name, p->exchanges);
    failures.add(name, p->failures);
    in_flight.add(name, std::uint64_t{p->load->in_flight});
    queued.add(name, std::uint64_t{p->load->queued});
    models.add(name, std::uint64_t{p->models.size()});
    for (const auto& c : p->circuits)
      circuit.add({{"provider", p->name}, {"model", http::inert(c.model)}},
                  c.open_until ? 1.0 : 0.0);
  }
  for (auto* f : {&up, &trouble, &success, &exchanges, &failures, &in_flight,
                  &queued, &models, &circuit})
    std::move(*f).to(out);
}

void add_channels(const live_state& live, timestamp now, families& out) {
  auto down = family::gauge("closedpaw_channel_down",
                            "1 while the channel is to run and is not "
                            "connected, by the kind of cause");
  auto cut_off = family::gauge("closedpaw_channels_down",
                               "Channels that are not connected, by the kind "
                               "of cause");
  std::map<std::string_view, std::uint64_t> by_reason{
      {"other", 0}, {"refused", 0}, {"unreachable", 0}, {"vault_locked", 0}};
  auto up = family::gauge("closedpaw_channel_up",
                          "Whether the channel is connected to its service, "
                          "by the service's own exchanges");
  auto state = family::gauge("closedpaw_channel_state",
                             "1 for the state that the channel is in");
  auto trouble = family::gauge("closedpaw_channel_trouble",
                               "How often in a row a part of the channel "
                               "failed");
  auto proof = family::gauge("closedpaw_channel_last_proof_timestamp_seconds",
                             "When an exchange with the service succeeded");
  auto messages = family::counter("closedpaw_channel_messages_total",
                                  "Messages received and sent");
  auto refused = family::counter("closedpaw_channel_refused_total",
                                 "Messages of people who may not talk to us, "
                                 "or too much");
  auto again = family::counter("closedpaw_channel_duplicates_total",
                               "Messages that the service delivered again");
  auto reconnects = family::counter("closedpaw_channel_reconnects_total",
                                    "Times that trouble with the service "
                                    "ended");
  auto backlog =
      family::gauge("closedpaw_channel_backlog", "Answers that are owed");
  const auto all = live.channels.get();
  for (const auto& place : *all) {
    if (!place.enabled)
      continue;
    const auto verdict = judge(place, now);
    const auto view = place.view->get();
    const bool works = is_connected(verdict.state, *view, now);
    const label_list name{{"channel", place.name}, {"type", place.type}};
    if (verdict.state != channel_state::stopped) {
      up.add(name, works ? 1.0 : 0.0);
      if (!works) {
        const auto reason = reason_of(*view);
        ++by_reason[reason];
        down.add({{"channel", place.name}, {"reason", reason}}, 1.0);
      }
    }
    state.add({{"channel", place.name}, {"state", to_string(verdict.state)}},
              1.0);
    add_trouble(trouble, place.name, "receiving", view->receiving);
    add_trouble(trouble, place.name, "sending", view->sending);
    add_trouble(trouble, place.name, "recording", view->recording);
    if (view->last_proof)
      proof.add(name, seconds_of(*view->last_proof));
    messages.add({{"channel", place.name}, {"direction", "in"}},
                 view->messages_in);
    messages.add({{"channel", place.name}, {"direction", "out"}},
                 view->messages_out);
    refused.add(name, view->refused);
    again.add(name, view->duplicates);
    reconnects.add(name, view->reconnects);
    backlog.add(name, std::uint64_t{view->backlog});
  }
  for (const auto& [reason, n] : by_reason)
    cut_off.add({{"reason", reason}}, n);
  for (auto* f : {&up, &state, &down, &cut_off, &trouble, &proof, &messages,
                  &refused, &again, &reconnects, &backlog})
    std::move(*f).to(out);
}

}  // namespace closedpaw::monitoring
