#pragma once

#include "actors/gateway/gateway.hpp"
#include "tests/actor/mocks.hpp"

namespace closedpaw::gateway::test {

using closedpaw::contains;
using closedpaw::test::ask_now;
using closedpaw::test::test_now;
using std::chrono::milliseconds;
using strings = std::vector<std::string>;

/// Stands in for the orchestrator: remembers what it was asked and answers with
/// `row`, or with `refuse`, or not at all.
struct orchestrator_mock {
  action row;
  std::optional<failure> refuse;
  bool silent = false;
  strings asked;
  command_context context;
  /// Of the last chat.
  std::string stream_id;
  /// Keeps promises that nobody keeps.
  std::vector<caf::response_promise> silenced;
  orchestrator_actor handle;

  orchestrator_actor spawn(closedpaw::test::fixture& f);

 private:
  template <class Answer>
  caf::result<Answer> answer(orchestrator_actor::pointer self, std::string what,
                             Answer with) {
    asked.push_back(std::move(what));
    if (silent) {
      auto promise = self->make_response_promise<Answer>();
      silenced.push_back(promise);
      return promise;
    }
    if (refuse)
      return to_error(*refuse);
    return with;
  }

  orchestrator_actor::behavior_type behave(orchestrator_actor::pointer self);
};

/// An HTTP request that was sent, and what came back.
struct sent {
  std::vector<http::response> responses;

  bool answered() const { return !responses.empty(); }
  unsigned status() const {
    return responses.size() == 1 ? responses[0].status : 0;
  }
  json body() const {
    CAF_REQUIRE_EQUAL(responses.size(), 1U);
    auto parsed = parse_json(*responses[0].body);
    CAF_REQUIRE(parsed.has_value());
    return *parsed;
  }
  std::string text(const char* key) const {
    const auto b = body();
    return b.contains(key) && b.at(key).is_string()
               ? b.at(key).get<std::string>()
               : "";
  }
  std::string header(const std::string& name) const {
    for (const auto& [n, value] : responses.at(0).headers)
      if (n == name)
        return value;
    return {};
  }
};

class gateway_fixture : public closedpaw::test::fixture {
 public:
  gateway_fixture();
  ~gateway_fixture() override { end(); }

  std::shared_ptr<sent> send(command c,
                             milliseconds deadline = milliseconds{30'000});

  live_state live;
  stream_hub streams;
  supervision::slot_table_ptr<provider_actor> providers =
      std::make_shared<supervision::slot_table<provider_actor>>("provider");
  supervision::slot_table_ptr<channel_actor> channels =
      std::make_shared<supervision::slot_table<channel_actor>>("channel");
  orchestrator_mock orchestrator;
  /// What the owner of the channels, and a channel, were asked.
  strings router_asked;
  channel_router_actor spawn_router();
  channel_actor spawn_channel();
  closedpaw::test::place<agent_manager_actor> agents_place =
      make_place<agent_manager_actor>("the owner of the agents");
  closedpaw::test::place<log_exporter_actor> exporter_place =
      make_place<log_exporter_actor>("the exporter of the audit log");
  http::seats export_seats{1};
  closedpaw::test::place<channel_router_actor> router_place =
      make_place<channel_router_actor>("the owner of the channels");
  closedpaw::test::reader_mock reader;
  closedpaw::test::place<orchestrator_actor> orchestrator_place =
      make_place<orchestrator_actor>("the orchestrator");
  closedpaw::test::place<store_reader_actor> reader_place =
      make_place<store_reader_actor>("the store reader");
  closedpaw::test::place<gateway_actor> own_place =
      make_place<gateway_actor>("gateway");
  std::string injected;
  gateway_actor sut;
};

}  // namespace closedpaw::gateway::test
