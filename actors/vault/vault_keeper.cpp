#include "actors/vault/vault_keeper.hpp"

namespace closedpaw::vault {

namespace {

struct vault_state {
  static constexpr const char* name = "vault_keeper";
  using self_pointer = supervision::self_ptr<vault_actor, vault_state>;

  explicit vault_state(self_pointer) {}
};

// A round trip through the cipher with the key that is in use.
caf::result<std::string> prove(const vault_args& args) {
  const auto sealed =
      seal(args.key, {"self-check", {}}, secret_text{"closedpaw"});
  if (!sealed)
    return to_error(sealed.error());
  const auto opened = open(args.key, {"self-check", {}}, *sealed);
  if (!opened)
    return to_error(opened.error());
  if (opened->reveal() != "closedpaw")
    return to_error({errc::internal,
                     "the vault did not give back what it was "
                     "given",
                     {},
                     {}});
  return "sealed and opened an entry with key " + args.key.id();
}

caf::result<secret_payload> find_and_open(const vault_args& args,
                                          const unseal_secret& q) {
  const auto& name = q.name;
  auto row = args.find(name);
  if (!row)
    return to_error(row.error());
  if (!*row)
    return to_error(
        {errc::not_found, "the vault has no secret " + name, {}, {}});
  if (!(*row)->is_string())
    return to_error({errc::storage_failed,
                     "the vault's row " + name + " is no text",
                     {},
                     {}});
  auto opened =
      open(args.key, {name, q.audience}, (*row)->get_ref<const std::string&>());
  if (!opened)
    return to_error(opened.error());
  return secret_payload{std::move(*opened)};
}

vault_actor::behavior_type behaviour(vault_state::self_pointer,
                                     const vault_args& args) {
  return {
      [=](check_atom) { return prove(args); },
      [=](const seal_payload& q) -> caf::result<std::string> {
        auto sealed = seal(args.key, {q->name, q->audience}, q->value);
        if (!sealed)
          return to_error(sealed.error());
        return std::move(*sealed);
      },
      [=](const unseal_secret& q) { return find_and_open(args, q); },
  };
}

}  // namespace

vault_actor spawn_vault_keeper(caf::scheduled_actor* parent,
                               supervision::incarnation life, vault_args args) {
  return supervision::spawn_worker<vault_actor, vault_state>(
      parent, std::move(life), false,
      [args = std::move(args)](vault_state::self_pointer self) {
        return behaviour(self, args);
      });
}

}  // namespace closedpaw::vault
