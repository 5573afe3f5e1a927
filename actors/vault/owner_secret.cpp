#include "actors/vault/vault_keeper_state.hpp"

// What approves critical actions: compared, and told to nobody.
namespace closedpaw::vault {

namespace {

constexpr std::size_t shortest_owner_secret = 8;

failure refused(errc code, std::string message) {
  return {code, std::move(message), {}, {{"owner_secret", "required"}}};
}

}  // namespace

result<secret_text> vault_state::owner_secret() const {
  const std::string which{owner_secret_name};
  const auto row = args_.find(secret_row(which));
  if (!row)
    return row.error();
  if (!*row)
    return failure{errc::conflict,
                   "there is no owner secret, which security.owner_secret "
                   "asks for; store one: closedpaw vault set " +
                       which,
                   {},
                   {}};
  const auto user = args_.user_of(which);
  if (!user)
    return user.error();
  return open_row({which, user->audience, user->clearance}, **row);
}

result<void> vault_state::prove_owner_now(const secret_text& said,
                                          const command_context& by) {
  const auto mono = self_->clock().now();
  if (auto wait = owner_guesses_.refuse(by.peer.id, mono))
    return std::move(*wait);
  const auto right = owner_secret();
  if (!right)
    return right.error();
  if (said.empty())
    return refused(errc::forbidden, "the owner secret is needed for that");
  const bool same = is_same(said, *right);
  owner_guesses_.guessed(by.peer.id, same, mono);
  if (same)
    return {};
  auto e = event_of(
      by, "owner_secret_refused",
      {{"name", owner_secret_name}, {"why", "that is not the owner secret"}});
  e.outcome = "failure";
  e.level = "high";
  args_.report(std::move(e));
  return refused(errc::forbidden, "that is not the owner secret");
}

caf::result<std::string> vault_state::on_prove_owner(
    const ask<prove_owner>& q) {
  if (const auto proven = prove_owner_now(q.command.said, q.context); !proven)
    return to_error(proven.error());
  return std::string{"it is"};
}

// Else whoever may store secrets could approve everything.
std::optional<failure> vault_state::refuse_change_of_owner(
    const ask<use_vault>& q, bool is_stored) {
  if (q.command.what == vault_operation::set &&
      q.command.value.reveal().size() < shortest_owner_secret)
    return failure{errc::bad_request,
                   "an owner secret has at least " +
                       std::to_string(shortest_owner_secret) + " characters",
                   {},
                   {}};
  if (!is_stored)
    return std::nullopt;
  const auto proven = prove_owner_now(q.command.present, q.context);
  return proven ? std::nullopt : std::optional{proven.error()};
}

// A reset forgets the owner secret as well. Where it cannot be read any more,
// whoever sits at the machine decides.
std::optional<failure> vault_state::refuse_reset(const ask<use_vault>& q) {
  const auto row = args_.find(secret_row(std::string{owner_secret_name}));
  if (!row)
    return row.error();
  if (!*row)
    return std::nullopt;
  if (owner_secret()) {
    const auto proven = prove_owner_now(q.command.present, q.context);
    return proven ? std::nullopt : std::optional{proven.error()};
  }
  if (q.context.peer.kind == "local")
    return std::nullopt;
  return failure{errc::forbidden,
                 "the owner secret cannot be read, so that only a user of the "
                 "daemon's own machine may reset the vault",
                 {},
                 {}};
}

}  // namespace closedpaw::vault
