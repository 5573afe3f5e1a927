#include "actors/storage/store_reader.hpp"

#include "actors/storage/anchor_file.hpp"
#include "actors/storage/proofs_shown.hpp"

namespace closedpaw::storage {

namespace {

struct store_reader_state {
  static constexpr const char* name = "store_reader";
  using self_pointer =
      supervision::self_ptr<store_reader_actor, store_reader_state>;

  explicit store_reader_state(self_pointer) {}
};

caf::result<action_payload> read_action(const store& where, const uuid& id) {
  auto found = where.get_action(id);
  if (!found)
    return to_error(found.error());
  if (!*found)
    return to_error({errc::not_found, "Action not found", {}, {}});
  return action_payload{std::move(**found)};
}

caf::result<action_list_payload> read_list(const store& where,
                                           const closedpaw::list_actions& q) {
  auto page = where.list_actions({q.status, q.limit, q.before});
  if (!page)
    return to_error(page.error());
  return action_list_payload{
      action_list{std::move(page->actions), page->next_before}};
}

caf::result<audit_page_payload> read_page(const store& where,
                                          const audit_query& q) {
  auto page = where.query(q);
  if (!page)
    return to_error(page.error());
  return audit_page_payload{std::move(*page)};
}

// A conversation has few rows; see transcript_limits.
caf::result<conversation_payload> read_turns(
    const store& where, const closedpaw::read_conversation& q) {
  auto rows = where.registry_list(turns_prefix(q.channel, q.conversation));
  if (!rows)
    return to_error(rows.error());
  conversation_page out;
  for (const auto& row : *rows) {
    const auto id = parse_uuid(row.key.substr(row.key.rfind('/') + 1));
    if (!id || (q.after && *id <= *q.after))
      continue;
    if (auto x = turn_from(*id, row.value))
      out.turns.push_back(std::move(*x));
  }
  auto& turns = out.turns;
  if (turns.size() > q.limit) {
    out.more = q.after.has_value();
    if (out.more)
      turns.resize(q.limit);
    else
      turns.erase(turns.begin(), turns.end() - q.limit);
  }
  return conversation_payload{std::move(out)};
}

template <class T>
caf::result<audit_proof_payload> shown(const result<T>& x) {
  if (!x)
    return to_error(x.error());
  return audit_proof_payload{audit_proof{json_text{to_json(*x)}}};
}

caf::result<audit_proof_payload> read_head(const store& where,
                                           const audit::signing_key& key,
                                           timestamp now) {
  const auto head = sign_head(where, key, now);
  if (!head)
    return to_error(head.error());
  // With "async" durability a power loss must not end the log before it.
  if (auto done = where.sync(); !done)
    return to_error(done.error());
  return audit_proof_payload{
      audit_proof{json_text{to_json(*head, key.check())}}};
}

caf::result<restored_state_payload> read_restored(const store& where) {
  auto open = where.open_actions();
  if (!open)
    return to_error(open.error());
  auto rows = where.registry_list("");
  if (!rows)
    return to_error(rows.error());
  restored_state out;
  out.open_actions = std::move(*open);
  for (const auto& row : *rows)
    out.registry[row.key] = dump(row.value);
  return restored_state_payload{std::move(out)};
}

store_reader_actor::behavior_type behaviour(const store* where,
                                            const audit::signing_key* key,
                                            wall_clock now) {
  return {
      [=](check_atom) -> caf::result<std::string> {
        auto head = where->audit_head();
        if (!head)
          return to_error(head.error());
        return "read the head of " + std::to_string(head->size) + " events";
      },
      [=](const closedpaw::get_action& q) { return read_action(*where, q.id); },
      [=](const closedpaw::list_actions& q) { return read_list(*where, q); },
      [=](const audit_query_payload& q) { return read_page(*where, *q); },
      [=](const closedpaw::read_conversation& q) {
        return read_turns(*where, q);
      },
      [=](const closedpaw::read_proof& q) -> caf::result<audit_proof_payload> {
        if (q.kind == proof_kind::inclusion)
          return shown(prove_inclusion(where->access(), q.first, q.second));
        if (q.kind == proof_kind::consistency)
          return shown(prove_consistency(where->access(), q.first, q.second));
        return read_head(*where, *key, now());
      },
      [=](restore_atom) { return read_restored(*where); },
  };
}

}  // namespace

store_reader_actor spawn_store_reader(caf::scheduled_actor* parent,
                                      supervision::incarnation life,
                                      bool detached, const store* where,
                                      const audit::signing_key* key,
                                      wall_clock now) {
  return supervision::spawn_worker<store_reader_actor, store_reader_state>(
      parent, std::move(life), detached, [=](store_reader_state::self_pointer) {
        return behaviour(where, key, now);
      });
}

}  // namespace closedpaw::storage
