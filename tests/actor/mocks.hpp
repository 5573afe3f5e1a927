#pragma once

#include <deque>

#include "tests/actor/fixture.hpp"

/// Typed stand-ins for the actors around the one under test. They record what
/// they were asked; a request that a test did not expect fails it.
namespace closedpaw::test {

/// A request that waits until the test answers it.
template <class Answer>
using waiting = std::deque<caf::typed_response_promise<Answer>>;

/// Answers of held requests leave from inside the actor: the test queues a
/// step and wakes it with a message.
struct steps {
  std::deque<std::function<void()>> queue;
  void run() {
    auto next = std::move(queue.front());
    queue.pop_front();
    next();
  }
};

/// A batch that is answered once each of its units is.
struct held_batch {
  caf::typed_response_promise<commit_answers> promise;
  commit_answers answers;
  std::size_t open = 0;
};

/// Stands in for the audit logger.
struct logger_mock {
  std::vector<commit_unit> units;
  /// How many of them came with one message.
  std::vector<std::size_t> batches;
  std::size_t barriers = 0;
  /// Each commit and barrier fails with this.
  std::optional<failure> refuse;
  /// Requests wait for commit_next() or refuse_next().
  bool hold = false;
  struct held_unit {
    std::shared_ptr<held_batch> batch;
    std::size_t at = 0;
  };
  std::deque<held_unit> held;
  waiting<std::uint64_t> held_barriers;
  steps todo;
  audit_logger_actor handle;

  audit_logger_actor spawn(fixture& f);

  void act(fixture& f, std::function<void()> step);
  void answer_next(fixture& f, commit_answer answer);
  void commit_next(fixture& f);
  void refuse_next(fixture& f, failure why);

  const commit_unit& last() const {
    CAF_REQUIRE(!units.empty());
    return units.back();
  }
  /// "status/outcome" of the last unit's events.
  std::vector<std::string> last_events() const {
    std::vector<std::string> out;
    for (const auto& e : last().events)
      out.push_back(e.status + (e.outcome ? '/' + *e.outcome : ""));
    return out;
  }

 private:
  audit_logger_actor::behavior_type behave(audit_logger_actor::pointer self);
};

/// Of a stand-in for the vault whose users only seal and unseal.
inline constexpr auto no_vault_commands =
    [](const ask_vault&) -> caf::result<std::string> {
  return to_error({errc::internal, "nobody asks", {}, {}});
};

inline constexpr auto no_tokens =
    [](const ask_token&) -> caf::result<std::string> {
  return to_error({errc::internal, "nobody asks", {}, {}});
};
inline constexpr auto no_owner_secret =
    [](const prove_owner_payload&) -> caf::result<std::string> {
  return to_error({errc::internal, "nobody asks", {}, {}});
};

/// Stands in for the store reader; `rows` and `registry` are the store.
struct reader_mock {
  std::map<uuid, action> rows;
  std::map<std::string, std::string> registry;
  std::optional<failure> refuse;
  /// Restore requests are never answered.
  bool silent = false;
  std::size_t restores = 0;
  std::vector<uuid> looked_up;
  std::vector<audit_query> queries;
  std::vector<list_actions> lists;
  audit_page page;
  waiting<restored_state_payload> unanswered;
  waiting<action_payload> unanswered_rows;
  store_reader_actor handle;

  store_reader_actor spawn(fixture& f);

 private:
  store_reader_actor::behavior_type behave(store_reader_actor::pointer self);
};

/// Stands in for a provider.
struct provider_mock {
  std::vector<chat_request> chats;
  std::vector<uuid> cancelled;
  std::optional<failure> refuse;
  bool hold = false;
  waiting<chat_reply_payload> held;
  steps todo;
  using controlled = provider_actor::extend<caf::reacts_to<commit_atom>>;
  controlled handle;

  provider_actor spawn(fixture& f);

  void answer_next(fixture& f, result<chat_reply> reply);

 private:
  controlled::behavior_type behave(controlled::pointer self);
};

}  // namespace closedpaw::test
