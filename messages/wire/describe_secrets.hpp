#pragma once

#include "messages/model/access_token.hpp"
#include "messages/model/secret.hpp"
#include "messages/model/vault.hpp"
#include "messages/requests.hpp"
#include "messages/wire/pack.hpp"

/// The fields of what the vault keeps; see describe.hpp.
namespace closedpaw::wire {

template <class I>
using described = typename I::result_type;

template <class I>
described<I> describe(I& f, secret_text& x) {
  return fields(f, x, "secret_text", x);
}

template <class I>
described<I> describe(I& f, seal_secret& x) {
  return fields(f, x, "seal_secret", x.name, x.audience, x.value, x.level);
}

template <class I>
described<I> describe(I& f, unseal_secret& x) {
  return fields(f, x, "unseal_secret", x.name, x.audience, x.clearance);
}

template <class I>
described<I> describe(I& f, prove_owner& x) {
  return fields(f, x, "prove_owner", x.said);
}

template <class I>
described<I> describe(I& f, use_vault& x) {
  return fields(f, x, "use_vault", x.what, x.name, x.value, x.level, x.present,
                x.to);
}

template <class I>
described<I> describe(I& f, manage_token& x) {
  return fields(f, x, "manage_token", x.id, x.name, x.scopes, x.lifetime);
}

}  // namespace closedpaw::wire
