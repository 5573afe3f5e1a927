#pragma once

#include "actors/channels/channel.hpp"
#include "actors/channels/policy/records.hpp"
#include "tests/actor/mocks.hpp"

namespace closedpaw::channels::test {

using closedpaw::contains;
using closedpaw::test::ask_now;
using closedpaw::test::test_now;
using std::chrono::milliseconds;
using strings = std::vector<std::string>;

/// A Telegram channel among mocks; the test plays the service.
class channel_fixture : public closedpaw::test::fixture {
 public:
  channel_fixture();
  ~channel_fixture() override { end(); }

  struct fetch {
    http::client_request request;
    http::client::callback done;
    bool cancelled = false;
  };

  /// Begins a life.
  void start();
  /// Up to the first poll that is held.
  void connect();

  /// The open request to that method; fails the test when there is none.
  std::shared_ptr<fetch> open(const std::string& method);
  bool is_open(const std::string& method);
  void answer(const std::string& method, const std::string& body,
              unsigned status = 200);
  void fails(const std::string& method, errc code);
  /// The open poll returns this message.
  void receive(const std::string& text, const std::string& sender = "42",
               bool is_private = true);
  /// What is being sent, which the service then takes.
  std::string take_sent();

  /// The store's registry, from what the logger was given.
  std::map<std::string, json> registry();
  const channel_view& seen() {
    shown = view->get();
    return *shown;
  }
  channel_verdict verdict();
  void bind(const std::string& user, bool approves = false);

  channel_args args;
  live_state live;
  std::shared_ptr<published<channel_access>> access;
  std::shared_ptr<published<channel_view>> view;
  std::shared_ptr<const channel_view> shown;
  std::vector<std::shared_ptr<fetch>> fetches;
  strings announced;
  std::chrono::nanoseconds slept{0};
  int updates = 100;
  std::optional<std::string> token = "T0KEN";

  closedpaw::test::logger_mock logger;
  closedpaw::test::reader_mock reader;
  /// The orchestrator's: what was submitted, and who waits for which end.
  std::vector<ask<submit_action>> submitted_actions;
  std::vector<ask<decide_action>> decisions;
  std::map<uuid, caf::typed_response_promise<action_payload>> awaited;
  std::optional<failure> refuse_submit;
  /// A check is not answered, as while something is being recorded.
  bool hold_check = false;
  std::optional<caf::typed_response_promise<std::string>> held_check;
  std::optional<failure> refuse_decision;
  /// Rows that the orchestrator's units would have brought.
  std::vector<registry_change> recorded;
  std::size_t pairings = 0;

  void end_action(const uuid& id, const std::string& response);
  void end_action(const uuid& id, action row);
  closedpaw::test::steps todo;
  orchestrator_actor orchestrator;
  void replace_orchestrator();

  closedpaw::test::place<audit_logger_actor> logger_place =
      make_place<audit_logger_actor>("the audit log");
  closedpaw::test::place<store_reader_actor> reader_place =
      make_place<store_reader_actor>("the store reader");
  closedpaw::test::place<orchestrator_actor> orchestrator_place =
      make_place<orchestrator_actor>("the orchestrator");
  closedpaw::test::place<channel_router_actor> router_place =
      make_place<channel_router_actor>("the owner of the channels");
  closedpaw::test::place<vault_actor> vault_place =
      make_place<vault_actor>("the vault");
  closedpaw::test::place<channel_actor> own_place =
      make_place<channel_actor>("channel tg");
  channel_actor sut;

 private:
  orchestrator_actor spawn_orchestrator();
  channel_router_actor spawn_router();
  vault_actor spawn_vault();
};

}  // namespace closedpaw::channels::test
