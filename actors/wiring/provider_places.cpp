#include <algorithm>

#include "actors/providers/provider.hpp"
#include "actors/wiring/runtime.hpp"
#include "messages/log.hpp"

namespace closedpaw::wiring {

namespace {

using view_ptr = std::shared_ptr<published<provider_view>>;

view_ptr find_view(const provider_views& all, const std::string& name) {
  const auto it = std::ranges::find_if(
      all, [&](const view_ptr& p) { return p->get()->name == name; });
  return it == all.end() ? nullptr : *it;
}

/// The published place of a provider: the existing one, or a new one at the
/// end.
view_ptr place_of(runtime& r, const config::provider_settings& p) {
  auto all = *r.live.providers.get();
  if (auto known = find_view(all, p.name))
    return known;
  const auto limits = config::limits_of(p, r.settings.provider_defaults);
  auto fresh = std::make_shared<published<provider_view>>(
      r.live.gen, providers::initial_view(p, limits));
  all.push_back(fresh);
  r.live.providers.publish(std::move(all));
  return fresh;
}

void forget_place(runtime& r, const std::string& name) {
  auto all = *r.live.providers.get();
  std::erase_if(all, [&](const view_ptr& p) { return p->get()->name == name; });
  r.live.providers.publish(std::move(all));
}

}  // namespace

void show_provider(runtime& r, const config::provider_settings& p) {
  place_of(r, p);
}

supervision::child_spec child_defaults(const runtime& r) {
  const auto& s = r.settings.supervision;
  supervision::child_spec spec;
  spec.hang_after = s.hang_after;
  spec.limits = {s.intensity,      s.period,      s.backoff_min, s.backoff_max,
                 s.backoff_jitter, s.quiet_reset, s.slow_retry};
  return spec;
}

supervision::child_spec provider_child(runtime& r,
                                       const config::provider_settings& p) {
  providers::provider_args args;
  args.settings = p;
  args.limits = config::limits_of(p, r.settings.provider_defaults);
  // Whatever names a type was checked to have a codec.
  args.vendor = providers::codec::find_vendor(p.type).value();
  args.key = find_provider_type(p.type)->key;
  args.vault = r.vault;
  args.fetch = [client = r.client.get()](auto q, auto done) {
    return client->fetch(std::move(q), std::move(done));
  };
  args.streams = &r.streams;
  args.announce = [&r](const json& what) {
    r.events.publish("provider", what);
    log::info("providers", "provider", what);
  };
  args.called = [&r](const model_call& x) { r.meters.called(x); };
  args.chance = supervisor_env(r)->chance;
  args.now = r.live.now;
  args.view = place_of(r, p);
  auto spec = child_defaults(r);
  spec.id = p.name;
  // The same over restarts of the supervisor, which ends what runs there still.
  const auto path = "root/providers/" + p.name;
  if (auto known = r.handle_of(path))
    spec.live = std::move(known);
  r.set_handle(path, spec.live);
  spec.where = r.providers->add(p.name);
  spec.publications.push_back(args.view.get());
  const auto where = r.providers->add(p.name);
  spec.start = [args, where](caf::scheduled_actor* parent,
                             supervision::incarnation life) {
    auto handle = providers::spawn_provider(parent, std::move(life), args);
    where->set(handle);
    return caf::actor_cast<caf::actor>(handle);
  };
  return spec;
}

void provider_changed(runtime& r, const std::string& name) {
  const auto handle = r.handle_of("root/providers");
  const auto supervisor = handle ? handle->get() : nullptr;
  const auto settings = r.configured->current();
  const auto it = std::ranges::find(settings->providers, name,
                                    &config::provider_settings::name);
  // What the old one had learnt is not true of the new one.
  r.providers->remove(name);
  forget_place(r, name);
  if (it != settings->providers.end()) {
    auto child = provider_child(r, *it);
    if (supervisor)
      supervision::add_child(supervisor, std::move(child));
  } else if (supervisor) {
    supervision::remove_child(supervisor, name);
    r.set_handle("root/providers/" + name, nullptr);
  }
}

}  // namespace closedpaw::wiring
