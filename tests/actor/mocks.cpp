#define CAF_SUITE mocks

#include "tests/actor/mocks.hpp"

namespace closedpaw::test {

namespace {

template <class Answer>
caf::result<Answer> surprised(const char* what) {
  CAF_ERROR("nobody expected " << what);
  return to_error({errc::internal, std::string{"unexpected: "} + what, {}, {}});
}

}  // namespace

audit_logger_actor logger_mock::spawn(fixture& f) {
  handle = f.keep(f.sys.spawn(
      [this](audit_logger_actor::pointer self)
          -> audit_logger_actor::behavior_type { return behave(self); }));
  return handle;
}

void logger_mock::act(fixture& f, std::function<void()> step) {
  todo.queue.push_back(std::move(step));
  caf::anon_send(handle, commit_atom::value);
  f.settle();
}

void logger_mock::answer_next(fixture& f, commit_answer answer) {
  CAF_REQUIRE(!held.empty());
  act(f, [this, answer = std::move(answer)] {
    const auto [batch, at] = held.front();
    held.pop_front();
    batch->answers[at] = answer;
    if (--batch->open == 0)
      batch->promise.deliver(batch->answers);
  });
}

void logger_mock::commit_next(fixture& f) {
  answer_next(f, {commit_receipt{units.size()}, {}});
}

void logger_mock::refuse_next(fixture& f, failure why) {
  answer_next(f, {{}, std::move(why)});
}

audit_logger_actor::behavior_type logger_mock::behave(
    audit_logger_actor::pointer self) {
  return {
      [](check_atom) { return surprised<std::string>("a check"); },
      [this, self](const commit_batch& batch) -> caf::result<commit_answers> {
        auto waits = std::make_shared<held_batch>();
        batches.push_back(batch.size());
        for (std::size_t at = 0; at < batch.size(); ++at) {
          units.push_back(*batch[at]);
          waits->answers.push_back({commit_receipt{units.size()}, refuse});
          if (hold)
            held.push_back({waits, at});
        }
        if (!hold)
          return waits->answers;
        waits->open = batch.size();
        waits->promise = self->make_response_promise<commit_answers>();
        return waits->promise;
      },
      [this, self](barrier_atom) -> caf::result<std::uint64_t> {
        ++barriers;
        if (hold) {
          held_barriers.push_back(self->make_response_promise<std::uint64_t>());
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

store_reader_actor reader_mock::spawn(fixture& f) {
  handle = f.keep(f.sys.spawn(
      [this](store_reader_actor::pointer self)
          -> store_reader_actor::behavior_type { return behave(self); }));
  return handle;
}

store_reader_actor::behavior_type reader_mock::behave(
    store_reader_actor::pointer self) {
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
      [this](const audit_query_payload& q) -> caf::result<audit_page_payload> {
        queries.push_back(*q);
        if (refuse)
          return to_error(*refuse);
        return audit_page_payload{page};
      },
      [this](const read_proof& q) -> caf::result<audit_proof_payload> {
        if (refuse)
          return to_error(*refuse);
        return audit_proof_payload{
            audit_proof{json_text{json{{"first", q.first}}}}};
      },
      [this](const read_conversation& q) -> caf::result<conversation_payload> {
        if (refuse)
          return to_error(*refuse);
        conversation_page out;
        out.turns.emplace_back().text = q.conversation;
        return conversation_payload{std::move(out)};
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

provider_actor provider_mock::spawn(fixture& f) {
  handle = f.keep(f.sys.spawn(
      [this](controlled::pointer self) -> controlled::behavior_type {
        return behave(self);
      }));
  return handle;
}

void provider_mock::answer_next(fixture& f, result<chat_reply> reply) {
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

provider_mock::controlled::behavior_type provider_mock::behave(
    controlled::pointer self) {
  return {
      [](check_atom) { return surprised<std::string>("a check"); },
      [this,
       self](const chat_request_payload& q) -> caf::result<chat_reply_payload> {
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
      [this](const cancel_action& c) { cancelled.push_back(c.id); },
      [this](commit_atom) { todo.run(); },
  };
}

}  // namespace closedpaw::test
