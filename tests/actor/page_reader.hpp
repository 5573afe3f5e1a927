#pragma once

#include "tests/actor/mocks.hpp"

namespace closedpaw::test {

/// A store reader that is only asked for pages of the log.
inline store_reader_actor spawn_page_reader(
    fixture& f,
    std::function<caf::result<audit_page_payload>(const audit_query&)> page) {
  return f.keep(f.sys.spawn(
      [page = std::move(page)](
          store_reader_actor::pointer) -> store_reader_actor::behavior_type {
        return {
            [](check_atom) { return std::string{"proved"}; },
            [](const get_action&) { return action_payload{}; },
            [](const list_actions&) { return action_list_payload{}; },
            [page](const audit_query_payload& q) { return page(*q); },
            [](const read_conversation&) { return conversation_payload{}; },
            [](const read_proof&) { return audit_proof_payload{}; },
            [](restore_atom) { return restored_state_payload{}; },
        };
      }));
}

}  // namespace closedpaw::test
