#pragma once

#include <string>
#include <string_view>

#include "actors/security/login_sessions.hpp"
#include "messages/model/access_token.hpp"
#include "messages/model/action.hpp"
#include "messages/model/error.hpp"

namespace closedpaw::security {

/// What a request brings along that says who asks.
struct credentials {
  /// The values of the header fields; empty without.
  std::string_view authorization{};
  std::string_view cookie{};
  /// From our own machine, and already known by its user.
  bool local = true;
};

/// Who asks, and what they may.
struct caller {
  principal who;
  scope_set scopes;
  /// Of the token that said so; empty for a user of this machine.
  std::string token_id{};
};

/// Who asks with `what`, over a connection of `peer`. On our own machine the
/// user is enough, and a token makes less of it; from elsewhere a token (RFC
/// 6750) or a login is needed. unauthenticated for none, and for one that is
/// unknown, revoked or over.
result<caller> identify(const credentials& what, const principal& peer,
                        const access_tokens& tokens, login_sessions& logins,
                        timestamp now);

/// forbidden, and which of the scopes are missing.
std::optional<failure> refuse_scope(const caller& who, scope_set needed);

}  // namespace closedpaw::security
