#include <sys/random.h>
#include <time.h>

#include <algorithm>

#include "actors/channels/channel.hpp"
#include "actors/channels/router.hpp"
#include "actors/wiring/runtime.hpp"
#include "messages/log.hpp"

namespace closedpaw::wiring {

namespace {

using channels::channel_entry;
using channels::channel_table;

const std::string channels_path = "root/channels/";

std::chrono::nanoseconds reading(clockid_t which) {
  timespec t{};
  clock_gettime(which, &t);
  return std::chrono::seconds{t.tv_sec} + std::chrono::nanoseconds{t.tv_nsec};
}

std::chrono::nanoseconds slept() {
  return reading(CLOCK_BOOTTIME) - reading(CLOCK_MONOTONIC);
}

std::array<std::uint8_t, 5> random_bytes() {
  std::array<std::uint8_t, 5> out{};
  if (getrandom(out.data(), out.size(), 0) != std::ssize(out))
    throw failure_exception{{errc::internal,
                             "the system's random generator does not work",
                             {},
                             {}}};
  return out;
}

auto stored_rows(runtime& r) {
  return
      [&r](const std::string& prefix) -> result<std::map<std::string, json>> {
        auto rows = r.store->registry_list(prefix);
        if (!rows)
          return rows.error();
        std::map<std::string, json> out;
        for (auto& row : *rows)
          out.emplace(std::move(row.key), std::move(row.value));
        return out;
      };
}

bool runs(const channel_entry& x) {
  return x.settings.enabled;
}

/// What is shown of a channel: the existing place, brought up to date.
channel_place place_of(runtime& r, const channel_entry& x) {
  channel_place out;
  const auto known = r.live.channels.get();
  const auto it =
      std::ranges::find(*known, x.settings.name, &channel_place::name);
  if (it != known->end()) {
    out = *it;
    if (*out.access->get() != x.access)
      out.access->publish(x.access);
  } else {
    out.access =
        std::make_shared<published<channel_access>>(r.live.gen, x.access);
    out.view = std::make_shared<published<channel_view>>(r.live.gen);
  }
  out.name = x.settings.name;
  out.type = x.settings.type;
  out.base_url = x.settings.base_url;
  out.enabled = x.settings.enabled;
  out.registered = x.settings.registered;
  if (r.holds_channels)
    out.held_because = "held back by safe mode; start it by hand";
  return out;
}

void show(runtime& r, const channel_table& table) {
  channel_places places;
  for (const auto& x : table)
    places.push_back(place_of(r, x));
  r.live.channels.publish(std::move(places));
}

channels::channel_args args_of(runtime& r, const channel_entry& x) {
  channels::channel_args args;
  const auto& s = x.settings;
  args.name = s.name;
  args.base_url = s.base_url;
  args.kind = channels::codec::find_kind(s.type).value();
  args.service.poll_timeout = s.poll_timeout;
  args.limits.user_per_minute = s.user_messages_per_minute;
  args.limits.all_per_minute = s.messages_per_minute;
  args.service.chance = supervisor_env(r)->chance;
  args.allow_private_addresses = s.allow_private_addresses;
  args.orchestrator = r.orchestrator;
  args.logger = r.logger;
  args.reader = r.reader;
  args.router = r.channel_router;
  args.vault = r.vault;
  args.fetch = [client = r.client.get()](auto q, auto done) {
    return client->fetch(std::move(q), std::move(done));
  };
  args.connect = [client = r.client.get()](auto q, auto events) {
    return client->open(std::move(q), std::move(events));
  };
  args.stored = stored_rows(r);
  const auto place = place_of(r, x);
  args.access = place.access;
  args.view = place.view;
  args.live = &r.live;
  args.announce = [&r](const json& what) {
    r.events.publish("channel", what);
    log::info("channels", "channel", what);
  };
  if (args.kind.local)
    args.feed = [&r, name = s.name](std::string_view type, const json& data) {
      r.feeds.of(name).publish(type, data);
    };
  args.streams = &r.streams;
  args.slept = slept;
  args.now = r.live.now;
  return args;
}

/// The child of the tree for one channel, whose place is published already.
supervision::child_spec channel_child(runtime& r, const channel_entry& x) {
  const auto args = args_of(r, x);
  auto spec = child_defaults(r);
  spec.id = x.settings.name;
  // The first exchange, which a service may take its time for.
  spec.check_timeout = std::chrono::seconds{20};
  const auto path = channels_path + spec.id;
  if (auto known = r.handle_of(path))
    spec.live = std::move(known);
  r.set_handle(path, spec.live);
  const auto where = r.channels->add(spec.id);
  spec.where = where;
  spec.publications.push_back(args.view.get());
  spec.start = [args, where](caf::scheduled_actor* parent,
                             supervision::incarnation life) {
    auto handle = channels::spawn_channel(parent, std::move(life), args);
    where->set(handle);
    return caf::actor_cast<caf::actor>(handle);
  };
  return spec;
}

void stop_channel(runtime& r, const caf::actor& supervisor,
                  const channel_entry& x) {
  const auto& name = x.settings.name;
  supervision::remove_child(supervisor, name);
  r.channels->remove(name);
  r.set_handle(channels_path + name, nullptr);
}

void rest(runtime& r, const std::string& name) {
  const auto known = r.live.channels.get();
  const auto it = std::ranges::find(*known, name, &channel_place::name);
  if (it == known->end())
    return;
  auto view = *it->view->get();
  view.started_at.reset();
  it->view->publish(std::move(view));
}

/// What changed of the tree's part that is about channels.
void follow(runtime& r, const channel_table& next) {
  const auto held = r.channel_table.get();
  const auto& before = *held;
  r.channel_table.publish(next);
  show(r, next);
  const auto handle = r.handle_of("root/channels");
  const auto supervisor = handle ? handle->get() : nullptr;
  if (!supervisor)
    return;
  for (const auto& old : before)
    if (const auto* now = channels::find_channel(next, old.settings.name);
        !now || (runs(old) && !runs(*now))) {
      if (!now)
        r.feeds.forget(old.settings.name);
      stop_channel(r, supervisor, old);
      rest(r, old.settings.name);
    }
  for (const auto& x : next) {
    const auto* old = channels::find_channel(before, x.settings.name);
    const bool same =
        old && old->settings == x.settings && old->revision == x.revision;
    if (runs(x) && !same)
      supervision::add_child(supervisor, channel_child(r, x));
  }
}

bool is_running(const runtime& r, const std::string& name) {
  const auto all = r.live.channels.get();
  const auto it = std::ranges::find(*all, name, &channel_place::name);
  if (it == all->end())
    return false;
  const auto state =
      judge(*it->view->get(), it->view->stale_since(), r.live.now()).state;
  return state != channel_state::stopped && state != channel_state::failed;
}

}  // namespace

result<void> load_channels(runtime& r) {
  std::map<std::string, json> rows;
  for (const auto& prefix : channels::table_prefixes()) {
    auto some = stored_rows(r)(prefix);
    if (!some)
      return some.error();
    rows.merge(*some);
  }
  r.channel_table.publish(channels::assemble(r.settings.channels, rows));
  show(r, *r.channel_table.get());
  return {};
}

supervision::supervisor_spec channels_spec(runtime& r) {
  supervision::supervisor_spec spec;
  auto router = child_defaults(r);
  router.id = "router";
  router.where = r.channel_router;
  router.publications.push_back(&r.live.channels);
  router.start = [&r](caf::scheduled_actor* parent,
                      supervision::incarnation life) {
    channels::router_args args;
    args.logger = r.logger;
    args.vault = r.vault;
    args.configured = r.settings.channels;
    args.stored = stored_rows(r);
    args.follow = [&r](const channel_table& table) { follow(r, table); };
    args.is_running = [&r](const std::string& name) {
      return is_running(r, name);
    };
    args.random = random_bytes;
    args.now = r.live.now;
    auto actor = channels::spawn_channel_router(parent, std::move(life), args);
    r.channel_router->set(actor);
    return caf::actor_cast<caf::actor>(actor);
  };
  spec.children.push_back(std::move(router));
  spec.added = [&r] {
    std::vector<supervision::child_spec> more;
    const auto present = r.channel_table.get();
    for (const auto& x : *present)
      if (runs(x) && !r.holds_channels)
        more.push_back(channel_child(r, x));
    return more;
  };
  return spec;
}

}  // namespace closedpaw::wiring
