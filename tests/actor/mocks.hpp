#pragma once

#include <deque>

#include "tests/actor/fixture.hpp"

/// Typed stand-ins for the actors around the one under test. They record what
/// they were asked; a request that a test did not expect fails it.
namespace closedpaw::test {

/// A request that waits until the test answers it.
template <class Answer>
using waiting = std::deque<caf::typed_response_promise<Answer>>;

template <class Answer>
caf::result<Answer> surprised(const char* what) {
  CAF_ERROR("nobody expected " << what);
  return to_error({errc::internal, std::string{"unexpected: "} + what, {}, {}});
}

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

/// Stands in for the audit logger.
struct logger_mock {
  std::vector<commit_unit> units;
  std::size_t barriers = 0;
  /// Each commit and barrier fails with this.
  std::optional<failure> refuse;
  /// Requests wait for commit_next() or refuse_next().
  bool hold = false;
  waiting<commit_receipt> held;
  waiting<std::uint64_t> held_barriers;
  steps todo;
  audit_logger_actor handle;

  audit_logger_actor spawn(fixture& f) {
    handle = f.keep(f.sys.spawn(
        [this](audit_logger_actor::pointer self)
            -> audit_logger_actor::behavior_type { return behave(self); }));
    return handle;
  }

  void act(fixture& f, std::function<void()> step) {
    todo.queue.push_back(std::move(step));
    caf::anon_send(handle, commit_atom::value);
    f.settle();
  }
  void commit_next(fixture& f) {
    CAF_REQUIRE(!held.empty());
    act(f, [this] {
      held.front().deliver(commit_receipt{units.size()});
      held.pop_front();
    });
  }
  void refuse_next(fixture& f, failure why) {
    CAF_REQUIRE(!held.empty());
    act(f, [this, why] {
      held.front().deliver(to_error(why));
      held.pop_front();
    });
  }

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
  audit_logger_actor::behavior_type behave(audit_logger_actor::pointer self) {
    return {
        [](check_atom) { return surprised<std::string>("a check"); },
        [this,
         self](const commit_unit_payload& unit) -> caf::result<commit_receipt> {
          units.push_back(*unit);
          if (hold) {
            held.push_back(self->make_response_promise<commit_receipt>());
            return held.back();
          }
          if (refuse)
            return to_error(*refuse);
          return commit_receipt{units.size()};
        },
        [this, self](barrier_atom) -> caf::result<std::uint64_t> {
          ++barriers;
          if (hold) {
            held_barriers.push_back(
                self->make_response_promise<std::uint64_t>());
            return held_barriers.back();
          }
          if (refuse)
            return to_error(*refuse);
          return units.size();
        },
        [this](commit_atom) { todo.run(); },
        [](sweep_atom) { CAF_ERROR("nobody expected a sweep"); },
    };
  }
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

  store_reader_actor spawn(fixture& f) {
    handle = f.keep(f.sys.spawn(
        [this](store_reader_actor::pointer self)
            -> store_reader_actor::behavior_type { return behave(self); }));
    return handle;
  }

 private:
  store_reader_actor::behavior_type behave(store_reader_actor::pointer self) {
    return {
        [](check_atom) { return surprised<std::string>("a check"); },
        [this, self](const get_action& q) -> caf::result<action_payload> {
          looked_up.push_back(q.id);
          if (silent) {
            unanswered_rows.push_back(
                self->make_response_promise<action_payload>());
            return unanswered_rows.back();
          }
          if (refuse)
            return to_error(*refuse);
          auto it = rows.find(q.id);
          if (it == rows.end())
            return to_error({errc::not_found, "Action not found", {}, {}});
          return action_payload{it->second};
        },
        [this](const list_actions& q) -> caf::result<action_list_payload> {
          lists.push_back(q);
          if (refuse)
            return to_error(*refuse);
          action_list out;
          for (const auto& [id, row] : rows)
            out.actions.push_back(row);
          return action_list_payload{std::move(out)};
        },
        [this](
            const audit_query_payload& q) -> caf::result<audit_page_payload> {
          queries.push_back(*q);
          if (refuse)
            return to_error(*refuse);
          return audit_page_payload{page};
        },
        [this, self](restore_atom) -> caf::result<restored_state_payload> {
          ++restores;
          if (silent) {
            unanswered.push_back(
                self->make_response_promise<restored_state_payload>());
            return unanswered.back();
          }
          if (refuse)
            return to_error(*refuse);
          restored_state out;
          for (const auto& [id, row] : rows)
            if (!is_terminal(row.status))
              out.open_actions.push_back(row);
          out.registry = registry;
          return restored_state_payload{std::move(out)};
        },
    };
  }
};

/// Stands in for a provider.
struct provider_mock {
  std::vector<chat_request> chats;
  std::optional<failure> refuse;
  bool hold = false;
  waiting<chat_reply_payload> held;
  steps todo;
  using controlled = provider_actor::extend<caf::reacts_to<commit_atom>>;
  controlled handle;

  provider_actor spawn(fixture& f) {
    handle = f.keep(f.sys.spawn(
        [this](controlled::pointer self) -> controlled::behavior_type {
          return behave(self);
        }));
    return handle;
  }

  void answer_next(fixture& f, result<chat_reply> reply) {
    CAF_REQUIRE(!held.empty());
    todo.queue.push_back([this, reply] {
      if (reply)
        held.front().deliver(chat_reply_payload{*reply});
      else
        held.front().deliver(to_error(reply.error()));
      held.pop_front();
    });
    caf::anon_send(handle, commit_atom::value);
    f.settle();
  }

 private:
  controlled::behavior_type behave(controlled::pointer self) {
    return {
        [](check_atom) { return surprised<std::string>("a check"); },
        [this, self](
            const chat_request_payload& q) -> caf::result<chat_reply_payload> {
          chats.push_back(*q);
          if (hold) {
            held.push_back(self->make_response_promise<chat_reply_payload>());
            return held.back();
          }
          if (refuse)
            return to_error(*refuse);
          return chat_reply_payload{
              chat_reply{q->model, "hello", 3, 5, 12, "stop"}};
        },
        [this](commit_atom) { todo.run(); },
    };
  }
};

}  // namespace closedpaw::test
