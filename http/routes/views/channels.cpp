#include "http/routes/views/channels.hpp"

#include <algorithm>

namespace closedpaw::http {

namespace {

json time_json(const std::optional<timestamp>& t) {
  return t ? json(to_iso8601(*t)) : json();
}

json trouble_json(const std::optional<channel_trouble>& x) {
  if (!x)
    return {};
  return {{"code", to_string(x->why.code)},
          {"message", x->why.message},
          {"since", to_iso8601(x->since)},
          {"last", to_iso8601(x->last)},
          {"times", x->times},
          {"next_attempt", time_json(x->again_at)}};
}

json basics(const channel_place& place) {
  return {{"type", place.type},
          {"enabled", place.enabled},
          {"allowed_users", place.access->get()->users.size()}};
}

/// The last thing that went wrong, wherever it did.
const channel_trouble* last_trouble(const channel_view& v) {
  const channel_trouble* out = nullptr;
  for (const auto* x : {&v.receiving, &v.sending, &v.recording})
    if (*x && (!out || (*x)->last > out->last))
      out = &**x;
  return out;
}

json detail(const channel_place& place, timestamp now) {
  const auto view = place.view->get();
  const auto& v = *view;
  const auto verdict = judge(place, now);
  auto out = basics(place);
  const auto* trouble = last_trouble(v);
  out.update(
      {{"state", to_string(verdict.state)},
       {"since", time_json(verdict.since)},
       {"why", verdict.why.empty() ? json() : json(verdict.why)},
       {"last_exchange", time_json(v.last_proof)},
       {"last_exchange_text", v.last_exchange},
       {"last_error", trouble ? trouble_json(*trouble) : json()},
       {"reconnects", v.reconnects},
       {"messages_in", v.messages_in},
       {"messages_out", v.messages_out},
       {"refused", v.refused},
       {"duplicates", v.duplicates},
       {"last_message", time_json(v.last_message)},
       {"round_trip_ms", v.round_trip_ms ? json(*v.round_trip_ms) : json()},
       {"backlog", v.backlog},
       {"base_url", place.base_url},
       {"registered", place.registered},
       {"open", place.access->get()->open}});
  return out;
}

}  // namespace

json channels_json(const live_state& live) {
  const auto places = live.channels.get();
  json all = json::object();
  for (const auto& place : *places)
    all[place.name] = basics(place);
  return {{"channels", std::move(all)}};
}

std::pair<json, std::optional<timestamp>> channel_states(const live_state& live,
                                                         timestamp now) {
  const auto places = live.channels.get();
  json all = json::object();
  std::optional<timestamp> good_until;
  for (const auto& place : *places) {
    const auto verdict = judge(place, now);
    auto shown = basics(place);
    shown["state"] = to_string(verdict.state);
    shown["since"] = time_json(verdict.since);
    all[place.name] = std::move(shown);
    if (verdict.good_until &&
        (!good_until || *verdict.good_until < *good_until))
      good_until = verdict.good_until;
  }
  return {std::move(all), good_until};
}

json channels_detail(const live_state& live, timestamp now) {
  const auto places = live.channels.get();
  json all = json::object();
  for (const auto& place : *places)
    all[place.name] = detail(place, now);
  return {{"channels", std::move(all)}};
}

json one_channel(const live_state& live, std::string_view name, timestamp now) {
  const auto places = live.channels.get();
  const auto it = std::ranges::find(*places, name, &channel_place::name);
  if (it == places->end())
    return {};
  auto out = detail(*it, now);
  const auto access = it->access->get();
  json users = json::array();
  for (const auto& [id, user] : access->users)
    users.push_back({{"id", id},
                     {"name", user.name},
                     {"approves", user.approves},
                     {"configured", user.configured},
                     {"bound_at", time_json(user.bound_at)}});
  // The code itself is the stranger's to tell.
  json strangers = json::array();
  for (const auto& [code, x] : access->pairings)
    if (now < x.expires)
      strangers.push_back({{"sender", x.sender},
                           {"sender_name", x.sender_name},
                           {"expires", to_iso8601(x.expires)}});
  out["name"] = it->name;
  out["users"] = std::move(users);
  out["pairings"] = std::move(strangers);
  return out;
}

}  // namespace closedpaw::http
