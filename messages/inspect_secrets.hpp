#pragma once

#include "messages/model/access_token.hpp"
#include "messages/model/secret.hpp"
#include "messages/model/vault.hpp"
#include "messages/pack.hpp"
#include "messages/requests.hpp"

/// CAF's view of what the vault keeps; see messages/inspect.hpp.
namespace closedpaw {

template <class I>
using inspected = typename I::result_type;

template <class I>
inspected<I> inspect(I& f, secret_text& x) {
  return wire::fields(f, "secret_text", x);
}

template <class I>
inspected<I> inspect(I& f, seal_secret& x) {
  return wire::fields(f, "seal_secret", x.name, x.audience, x.value, x.level);
}

template <class I>
inspected<I> inspect(I& f, unseal_secret& x) {
  return wire::fields(f, "unseal_secret", x.name, x.audience, x.clearance);
}

template <class I>
inspected<I> inspect(I& f, prove_owner& x) {
  return wire::fields(f, "prove_owner", x.said);
}

template <class I>
inspected<I> inspect(I& f, use_vault& x) {
  return wire::fields(f, "use_vault", x.what, x.name, x.value, x.level,
                      x.present, x.to);
}

template <class I>
inspected<I> inspect(I& f, manage_token& x) {
  return wire::fields(f, "manage_token", x.id, x.name, x.scopes, x.lifetime);
}

}  // namespace closedpaw
