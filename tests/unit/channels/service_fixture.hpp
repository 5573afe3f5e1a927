#pragma once

#include "actors/channels/codec/service.hpp"
#include "messages/model/json.hpp"
#include "tests/unit_test.hpp"

namespace closedpaw::channels::test {

using namespace std::chrono_literals;

/// A service's machine, with a service that the test plays. Effects are kept by
/// kind.
struct service_fixture {
  explicit service_fixture(
      std::unique_ptr<codec::service> (*make)(codec::service_options),
      double chance = 0.0)
      : machine{make({30s, [chance] { return chance; }})} {}

  void collect() {
    for (auto& x : machine->take())
      std::visit([this](auto& e) { keep(std::move(e)); }, x);
  }
  void keep(codec::call x) { calls.push_back(std::move(x)); }
  void keep(codec::hang_up x) { hung_up.push_back(x.id); }
  void keep(codec::open_socket x) { sockets.push_back(std::move(x)); }
  void keep(codec::send_text x) { texts.push_back(std::move(x)); }
  void keep(codec::close_socket x) { closed.push_back(x); }
  void keep(codec::take_in x) {
    cursor = x.cursor;
    ++taken_in;
    for (auto& m : x.messages)
      messages.push_back(std::move(m));
  }
  void keep(codec::delivered_again x) { repeated += x.messages; }
  void keep(codec::read_back) { ++reads_wanted; }
  void keep(codec::proven x) { proofs.push_back(std::move(x.what)); }
  void keep(codec::troubled x) { troubles.push_back(std::move(x)); }
  void keep(codec::obtained x) { secrets[x.name] = x.secret; }
  void keep(const codec::said& x) { shown.push_back(x.id); }
  void keep(const codec::unsaid& x) { failed.push_back(x.id); }

  void start(std::string_view from = {}) {
    machine->start(from, now);
    collect();
  }
  void record() {
    machine->recorded(now);
    collect();
  }
  /// The last call.
  void answer(std::string body, unsigned status = 200,
              std::vector<std::pair<std::string, std::string>> headers = {}) {
    machine->answered(calls.back().id,
                      http_reply{status, std::move(headers), std::move(body)},
                      now);
    collect();
  }
  void fails(errc code) {
    machine->answered(calls.back().id, failure{code, "why", {}, {}}, now);
    collect();
  }
  /// The last socket opened.
  void open() {
    machine->opened(sockets.back().socket, now);
    collect();
  }
  void receive(const json& x) { receive_on(sockets.back().socket, x); }
  void receive_on(std::uint64_t socket, const json& x) {
    machine->received(socket, dump(x), now);
    collect();
  }
  void close(std::optional<std::uint16_t> code) {
    machine->closed(sockets.back().socket,
                    {code, {}, {errc::unreachable, "closed", {}, {}}}, now);
    collect();
  }
  void wait() {
    CAF_REQUIRE(machine->wakes_at());
    now = std::max(now, *machine->wakes_at());
    machine->tick(now);
    collect();
  }
  void say(std::string text, std::string id = "m1",
           std::string conversation = "500") {
    machine->say({std::move(id), std::move(conversation), "3", std::move(text)},
                 now);
    collect();
  }
  json last_text() {
    CAF_REQUIRE(!texts.empty());
    return json::parse(texts.back().text);
  }

  codec::monotonic_time now{};
  std::unique_ptr<codec::service> machine;
  std::vector<codec::call> calls;
  std::vector<std::uint64_t> hung_up;
  std::vector<codec::open_socket> sockets;
  std::vector<codec::send_text> texts;
  std::vector<codec::close_socket> closed;
  std::vector<incoming> messages;
  std::string cursor;
  std::vector<std::string> proofs;
  std::vector<codec::troubled> troubles;
  std::vector<std::string> shown;
  std::vector<std::string> failed;
  std::size_t taken_in = 0;
  std::size_t reads_wanted = 0;
  std::uint64_t repeated = 0;
  std::map<std::string, std::string> secrets;
};

}  // namespace closedpaw::channels::test
