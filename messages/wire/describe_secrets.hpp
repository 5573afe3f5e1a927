#pragma once

#include "messages/model/access_token.hpp"
#include "messages/model/secret.hpp"
#include "messages/model/vault.hpp"
#include "messages/requests.hpp"
#include "messages/wire/pack.hpp"

/// The fields of what the vault keeps; see describe.hpp.
namespace closedpaw::wire {

template <class I>
caf::error describe(I& f, secret_text& x) {
  return fields(f, x, x);
}

template <class I>
caf::error describe(I& f, seal_secret& x) {
  return fields(f, x, x.name, x.audience, x.value, x.level);
}

template <class I>
caf::error describe(I& f, unseal_secret& x) {
  return fields(f, x, x.name, x.audience, x.clearance);
}

template <class I>
caf::error describe(I& f, prove_owner& x) {
  return fields(f, x, x.said);
}

template <class I>
caf::error describe(I& f, use_vault& x) {
  return fields(f, x, x.what, x.name, x.value, x.level, x.present, x.to);
}

template <class I>
caf::error describe(I& f, manage_token& x) {
  return fields(f, x, x.id, x.name, x.scopes, x.lifetime);
}

}  // namespace closedpaw::wire
