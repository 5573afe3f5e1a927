#include <algorithm>
#include <cstdlib>

#include "actors/channels/policy/records.hpp"
#include "actors/orchestrator/orchestrator.hpp"
#include "actors/vault/vault_keeper.hpp"
#include "actors/wiring/worker.hpp"
#include "messages/log.hpp"
#include "messages/model/channel_type.hpp"

namespace closedpaw::wiring {

namespace {

constexpr std::string_view channel_secrets = "channels/";
constexpr std::string_view key_secret = "api_key";

/// The parts of "providers/NAME/api_key" or "channels/NAME/token".
struct owned_secret {
  bool of_channel = false;
  std::string owner;
  std::string which;
};

std::optional<owned_secret> owner_of(const std::string& name) {
  const bool of_channel = name.starts_with(channel_secrets);
  const auto prefix =
      of_channel ? channel_secrets : orchestrator::providers_prefix;
  const auto cut = name.rfind('/');
  if (!name.starts_with(prefix) || cut < prefix.size())
    return std::nullopt;
  return owned_secret{of_channel,
                      name.substr(prefix.size(), cut - prefix.size()),
                      name.substr(cut + 1)};
}

failure nobodys(const std::string& name) {
  return {errc::not_found,
          "nobody would ask for a secret named " + name +
              "; they are named providers/NAME/api_key and "
              "channels/NAME/SECRET, for what GET /api/providers and GET "
              "/api/channels list, and security/owner_secret",
          {},
          {}};
}

result<vault::secret_user> user_of(const runtime& r, const std::string& name) {
  if (name == owner_secret_name)
    return vault::secret_user{"approvals of critical actions",
                              access_level::admin};
  const auto owned = owner_of(name);
  if (!owned)
    return nobodys(name);
  if (!owned->of_channel) {
    const auto settings = r.configured->current();
    const auto it = std::ranges::find(settings->providers, owned->owner,
                                      &config::provider_settings::name);
    if (it == settings->providers.end() || owned->which != key_secret)
      return nobodys(name);
    return vault::secret_user{config::key_audience(*it)};
  }
  const auto table = r.channel_table.get();
  const auto* entry = channels::find_channel(*table, owned->owner);
  const auto* type = entry ? find_channel_type(entry->settings.type) : nullptr;
  if (!type)
    return nobodys(name);
  const bool logs_in =
      type->logs_in && (owned->which == "user" || owned->which == "password");
  if (owned->which.empty() || (owned->which != type->secret &&
                               owned->which != type->second_secret && !logs_in))
    return failure{
        errc::not_found,
        "a channel of type " + std::string{type->name} + " has no secret " +
            owned->which +
            (type->secret.empty() ? ""
                                  : "; it has " + std::string{type->secret}),
        {},
        {}};
  vault::secret_user out{channels::secret_audience(entry->settings.type,
                                                   entry->settings.base_url)};
  // With the old token the account would stay the old one.
  if (logs_in)
    out.replaces.push_back(channels::secret_name(owned->owner, type->secret));
  return out;
}

bool waits_for_vault(const channel_view& x) {
  return x.receiving && x.receiving->why.code == errc::vault_locked;
}

/// Providers ask for their key each time, so one that answers shows at once. A
/// channel that runs begins anew with another secret, or where it waits for the
/// vault.
void secret_changed(const runtime& r, const std::string& name, bool is_other) {
  const auto owned = owner_of(name);
  if (!owned)
    return;
  if (!owned->of_channel) {
    if (const auto place = r.providers->find(owned->owner))
      if (const auto actor = place->get())
        caf::anon_send(*actor, check_atom::value);
    return;
  }
  const auto all = r.live.channels.get();
  const auto it = std::ranges::find(*all, owned->owner, &channel_place::name);
  const auto router = r.channel_router->get();
  if (it == all->end() || !router)
    return;
  const auto view = it->view->get();
  if (view->started_at && (is_other || waits_for_vault(*view)))
    caf::anon_send(*router, apply_atom::value, owned->owner);
}

/// The registry row's text, and nothing for none.
result<std::optional<vault::key_record>> stored_record(const runtime& r) {
  const auto row = r.store->registry_get(vault_key_row);
  if (!row)
    return row.error();
  if (!*row)
    return std::optional<vault::key_record>{};
  auto record = vault::key_record_from(**row);
  if (!record)
    return failure{errc::storage_failed,
                   "the store's record of the vault's key is not of a form "
                   "that this version knows",
                   {},
                   {}};
  return record;
}

}  // namespace

result<void> open_vault(runtime& r) {
  vault::key_places where{r.settings.storage.data_dir};
  if (const auto* given = std::getenv("CREDENTIALS_DIRECTORY"))
    where.credentials = given;
  r.keys = std::make_unique<vault::key_ring>(std::move(where), r.live.now);
  const auto record = stored_record(r);
  if (!record)
    return record.error();
  if (*record) {
    // Opening may remove the key that a change has left: not before the record
    // of that change has outlived a power loss.
    if (auto done = r.store->sync(); !done)
      return done.error();
    r.keys->open(**record);
  } else {
    if (const auto old = r.store->registry_list(vault_prefix);
        old && !old->empty())
      log::warn("vault",
                "secrets of an earlier version cannot be read any more",
                {{"secrets", old->size()},
                 {"advice", "store them again: closedpaw vault list"}});
    const auto made = r.keys->create();
    if (!made)
      return made.error();
    // Nobody else writes yet.
    std::vector<commit_unit> units(1);
    units[0].bookkeeping = true;
    units[0].registry.push_back(
        {std::string{vault_key_row}, vault::to_json(*made)});
    if (const auto done = r.store->writer().commit(units); !done.at(0))
      return done.at(0).error();
  }
  const auto tokens = r.store->registry_list(tokens_prefix);
  if (!tokens)
    return tokens.error();
  r.live.tokens.publish(vault::tokens_in(*tokens));
  const auto view = r.keys->view();
  if (view.locked)
    log::error("vault", "the vault is locked", {{"why", view.why}});
  r.live.vault.publish(view);
  return {};
}

supervision::child_spec vault_child(runtime& r) {
  auto child = worker(
      r, "vault_keeper", r.vault,
      [&r](caf::scheduled_actor* parent, supervision::incarnation life) {
        vault::vault_args args;
        args.ring = r.keys.get();
        args.logger = r.logger;
        args.find = [&r](const std::string& key) {
          return r.store->registry_get(key);
        };
        args.list = [&r](std::string_view prefix) {
          return r.store->registry_list(prefix);
        };
        args.user_of = [&r](const std::string& name) {
          return user_of(r, name);
        };
        args.apart = [&system = parent->system()](std::function<void()> work) {
          system.spawn<caf::detached>(
              [work = std::move(work)](caf::event_based_actor*) { work(); });
        };
        args.sync = [&r] { return r.store->sync(); };
        args.changed = [&r](const std::string& name, bool is_other) {
          secret_changed(r, name, is_other);
        };
        args.report = [&r](audit_event e) { r.unrecorded.push(std::move(e)); };
        args.view = &r.live.vault;
        args.tokens = &r.live.tokens;
        args.token_ended = [&r] {
          if (const auto* server = r.server.load())
            server->end_remote_streams();
        };
        args.now = r.live.now;
        return vault::spawn_vault_keeper(parent, std::move(life), args);
      });
  child.publications.push_back(&r.live.vault);
  child.publications.push_back(&r.live.tokens);
  return child;
}

}  // namespace closedpaw::wiring
