#include "actors/channels/codec/kinds.hpp"

#include "actors/channels/codec/discord.hpp"
#include "actors/channels/codec/discord_wire.hpp"
#include "actors/channels/codec/matrix.hpp"
#include "actors/channels/codec/slack.hpp"
#include "actors/channels/codec/telegram.hpp"

namespace closedpaw::channels::codec {

namespace {

// It is a part of the path (Bot API, "Making requests").
void authorize_telegram(http_request& what, const secrets& known) {
  const auto token = known.find("token");
  what.path = "/bot" + (token == known.end() ? std::string{} : token->second) +
              what.path;
}

// Client-server API, section 5.6.1.1.
void authorize_matrix(http_request& what, const secrets& known) {
  if (const auto token = known.find("token"); token != known.end())
    what.headers.emplace_back("authorization", "Bearer " + token->second);
}

std::string token_in(const secrets& known, const char* name) {
  const auto it = known.find(name);
  return it == known.end() ? std::string{} : it->second;
}

// API reference, "Authentication".
void authorize_discord(http_request& what, const secrets& known) {
  what.headers.emplace_back("authorization", "Bot " + token_in(known, "token"));
}

std::string identify_discord(std::string_view text, const secrets& known) {
  return discord::with_token(text, token_in(known, "token"));
}

// Connections are the app's, everything else is the bot's.
void authorize_slack(http_request& what, const secrets& known) {
  const auto* name =
      what.path == "/apps.connections.open" ? "app_token" : "token";
  what.headers.emplace_back("authorization", "Bearer " + token_in(known, name));
}

constexpr kind kinds[] = {
    {"discord", discord::make, authorize_discord, identify_discord},
    {"slack", slack::make, authorize_slack},
    {"telegram", telegram::make, authorize_telegram},
    {"matrix", matrix::make, authorize_matrix},
};

}  // namespace

result<kind> find_kind(std::string_view type) {
  for (const auto& x : kinds)
    if (x.type == type)
      return x;
  return failure{
      errc::not_built,
      "channels of type " + std::string{type} + " cannot be connected yet",
      {},
      {}};
}

}  // namespace closedpaw::channels::codec
