#include "actors/channels/channel_state.hpp"

// How a life begins: with what earlier ones have recorded.
namespace closedpaw::channels {

// What an earlier life of this process asked for may still be on its way to the
// store, and would be asked for again.
void channel_state::begin_after_earlier_life() {
  const auto orchestrator = args_.orchestrator->get();
  if (self_->life().number == 1 || !orchestrator)
    return begin_life();
  self_->request(*orchestrator, longest_recording, check_atom::value)
      .then([this](const std::string&) { begin_life(); },
            [this](const caf::error&) { begin_life(); });
}

void channel_state::begin_life() {
  if (auto done = restore(); !done)
    throw failure_exception{done.error()};
  begun_ = true;
  for (const auto& x : std::exchange(early_, {}))
    x.ask();
  service_->start(cursor_, mono());
  run_effects();
  publish();
  sweep();
  self_->delayed_send(self_, sweep_interval, sweep_atom::value);
}

// What an earlier life had recorded.
result<void> channel_state::restore() {
  auto cursor = args_.stored(cursor_key(args_.name));
  auto seen = args_.stored(seen_prefix(args_.name));
  auto outbox = args_.stored(outbox_prefix(args_.name));
  auto turns = args_.stored(turns_prefix(args_.name));
  for (const auto* rows : {&cursor, &seen, &outbox, &turns})
    if (!*rows)
      return rows->error();
  if (const auto it = cursor->find(cursor_key(args_.name));
      it != cursor->end() && it->second.is_string())
    cursor_ = it->second.get<std::string>();
  seen_->restore(*seen);
  transcript_->restore(*turns);
  const auto skip = outbox_prefix(args_.name).size();
  for (const auto& [key, row] : *outbox)
    if (const auto id = parse_uuid(key.substr(skip)))
      if (auto reply = owed_from(*id, row))
        owed_.emplace(*id, owing{std::move(*reply)});
  return {};
}

}  // namespace closedpaw::channels
