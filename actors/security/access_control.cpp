#include "actors/security/access_control.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <boost/algorithm/string/join.hpp>
#include <boost/algorithm/string/predicate.hpp>

#include "messages/model/sha256.hpp"

namespace closedpaw::security {

namespace {

failure unauthenticated(std::string message) {
  return {errc::unauthenticated, std::move(message), {}, {}};
}

/// RFC 6750, 2.1; empty for another scheme.
std::string_view bearer(std::string_view authorization) {
  constexpr std::string_view scheme = "Bearer ";
  if (!boost::istarts_with(authorization, scheme))
    return {};
  authorization.remove_prefix(scheme.size());
  while (authorization.starts_with(' '))
    authorization.remove_prefix(1);
  return authorization;
}

bool is_its_secret(const access_token& known, const secret_text& said) {
  const auto digest = to_hex(sha256({said.reveal()}));
  return digest.size() == known.digest.size() &&
         CRYPTO_memcmp(digest.data(), known.digest.data(), digest.size()) == 0;
}

result<caller> caller_of(const access_token* known, timestamp now) {
  if (!known)
    return unauthenticated(
        "the token is not one of this daemon, or was revoked; see closedpaw "
        "tokens list");
  if (known->expires_at && *known->expires_at <= now)
    return unauthenticated("the token " + known->name + " ended at " +
                           to_iso8601(*known->expires_at) +
                           "; make another one: closedpaw tokens create");
  return caller{{"token", "token:" + known->name}, known->scopes, known->id};
}

const access_token* find_id(const access_tokens& all, std::string_view id) {
  const auto it = std::ranges::find(all, id, &access_token::id);
  return it == all.end() ? nullptr : &*it;
}

}  // namespace

result<caller> identify(const credentials& what, const principal& peer,
                        const access_tokens& tokens, login_sessions& logins,
                        timestamp now) {
  const auto presented = bearer(what.authorization);
  // On our own machine one of another form is for somebody else: SDKs send
  // their vendors' keys.
  if (const auto token = parse_token(presented)) {
    const auto* known = find_id(tokens, token->id);
    if (known && !is_its_secret(*known, token->secret))
      known = nullptr;
    return caller_of(known, now);
  }
  if (what.local)
    return caller{peer, scope_set::all()};
  if (!presented.empty())
    return unauthenticated("what was sent as a token has not the form of one");
  if (const auto cookie = cookie_value(what.cookie, login_cookie);
      !cookie.empty())
    if (const auto id = logins.find(cookie, now)) {
      // A session begins with the token itself, never with another session.
      auto who = caller_of(find_id(tokens, *id), now);
      if (who)
        who->token_id.clear();
      return who;
    }
  return unauthenticated(
      "from another machine a token is needed (Authorization: Bearer cpt_…); "
      "closedpaw tokens create makes one on the daemon's own");
}

std::optional<failure> refuse_scope(const caller& who, scope_set needed) {
  if (who.scopes.covers(needed))
    return std::nullopt;
  const auto names = needed.names();
  return failure{errc::forbidden,
                 "that needs the scope " +
                     boost::algorithm::join(names, " with ") + ", and " +
                     who.who.id + " has " +
                     boost::algorithm::join(who.scopes.names(), ", "),
                 {},
                 {{"needed_scope",
                   names.size() == 1 ? json(names.front()) : json(names)}}};
}

}  // namespace closedpaw::security
