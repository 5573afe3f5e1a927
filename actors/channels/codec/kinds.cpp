#include "actors/channels/codec/kinds.hpp"

#include "actors/channels/codec/discord.hpp"
#include "actors/channels/codec/discord_wire.hpp"
#include "actors/channels/codec/local.hpp"
#include "actors/channels/codec/matrix.hpp"
#include "actors/channels/codec/matrix_wire.hpp"
#include "actors/channels/codec/slack.hpp"
#include "actors/channels/codec/telegram.hpp"

namespace closedpaw::channels::codec {

namespace {

std::string secret_in(const secrets& known, const char* name) {
  const auto it = known.find(name);
  return it == known.end() ? std::string{} : it->second;
}

// It is a part of the path (Bot API, "Making requests").
void authorize_telegram(http_request& what, const secrets& known) {
  what.path = "/bot" + secret_in(known, "token") + what.path;
}

// Client-server API, section 5.6.1.1.
void authorize_matrix(http_request& what, const secrets& known) {
  if (what.path.ends_with("/login")) {
    what.body = matrix::with_password(what.body, secret_in(known, "user"),
                                      secret_in(known, "password"));
    return;
  }
  if (const auto token = known.find("token"); token != known.end())
    what.headers.emplace_back("authorization", "Bearer " + token->second);
}

// API reference, "Authentication".
void authorize_discord(http_request& what, const secrets& known) {
  what.headers.emplace_back("authorization",
                            "Bot " + secret_in(known, "token"));
}

std::vector<std::string> needs_of_matrix(const http_request& what) {
  return what.path.ends_with("/login")
             ? std::vector<std::string>{"user", "password"}
             : std::vector<std::string>{"token"};
}

std::string identify_discord(std::string_view text, const secrets& known) {
  return discord::with_token(text, secret_in(known, "token"));
}

// Connections are the app's, everything else is the bot's.
void authorize_slack(http_request& what, const secrets& known) {
  const auto* name =
      what.path == "/apps.connections.open" ? "app_token" : "token";
  what.headers.emplace_back("authorization",
                            "Bearer " + secret_in(known, name));
}

void authorize_nothing(http_request&, const secrets&) {}

constexpr kind kinds[] = {
    {"webui", local::make, authorize_nothing, nullptr, nullptr, true},
    {"cli", local::make, authorize_nothing, nullptr, nullptr, true},
    {"discord", discord::make, authorize_discord, identify_discord},
    {"slack", slack::make, authorize_slack},
    {"telegram", telegram::make, authorize_telegram},
    {"matrix", matrix::make, authorize_matrix, nullptr, needs_of_matrix},
};

}  // namespace

result<kind> find_kind(std::string_view type) {
  for (const auto& x : kinds)
    if (x.type == type)
      return x;
  return failure{errc::not_found,
                 "there are no channels of type " + std::string{type},
                 {},
                 {}};
}

}  // namespace closedpaw::channels::codec
