#pragma once

#include "actors/channels/codec/discord.hpp"
#include "actors/channels/codec/discord_cursor.hpp"
#include "actors/channels/codec/discord_wire.hpp"
#include "tests/unit/channels/service_fixture.hpp"

namespace closedpaw::channels::test {

/// Discord's gateway, played by the test.
struct discord_fixture : service_fixture {
  discord_fixture() : service_fixture{codec::discord::make} {}

  void find_gateway() {
    answer(R"({"url":"wss://gw","session_start_limit":{"remaining":9}})");
  }
  void hello() {
    receive({{"op", 10}, {"d", {{"heartbeat_interval", 40000}}}});
  }
  void ready() {
    receive({{"op", 0},
             {"t", "READY"},
             {"s", 1},
             {"d",
              {{"session_id", "s1"},
               {"resume_gateway_url", "wss://again"},
               {"user", {{"id", "900"}}}}}});
  }
  void connect() {
    start();
    find_gateway();
    open();
    hello();
    ready();
    record();
  }
  /// The session is over, and another one is there.
  void begin_anew() {
    close(4009);
    wait();
    find_gateway();
    open();
    hello();
    ready();
  }
  json message(int s, std::string id, std::string text = "hi") {
    return {{"op", 0},
            {"t", "MESSAGE_CREATE"},
            {"s", s},
            {"d",
             {{"id", std::move(id)},
              {"channel_id", "500"},
              {"author", {{"id", "42"}, {"username", "ann"}}},
              {"content", std::move(text)}}}};
  }
  std::deque<std::pair<std::string, std::string>> cursor_missed() {
    return codec::discord::cursor_from(cursor).missed;
  }
  int op() { return last_text()["op"].get<int>(); }
};

}  // namespace closedpaw::channels::test
