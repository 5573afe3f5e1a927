#include "actors/monitoring/metrics/live_families.hpp"

namespace closedpaw::monitoring {

namespace {

struct tree_families {
  family state = family::gauge("closedpaw_actor_state",
                               "1 for the state that the actor is in");
  family since = family::gauge("closedpaw_actor_state_since_timestamp_seconds",
                               "When the actor came to be in its state");
  family restarts = family::counter("closedpaw_actor_restarts_total",
                                    "Restarts by the actor's supervisor");
  family ineffective =
      family::counter("closedpaw_actor_ineffective_restarts_total",
                      "Restarts after which the actor did not work");
  family depth = family::gauge("closedpaw_actor_mailbox_messages",
                               "Messages that wait for the actor");
  family oldest = family::gauge("closedpaw_actor_mailbox_oldest_seconds",
                                "Age of the oldest one that waits");
  family messages = family::counter("closedpaw_actor_messages_total",
                                    "Messages that the actor handled");
  family busy = family::counter("closedpaw_actor_busy_seconds_total",
                                "Time that the actor spent in its handlers");
  family handler =
      family::gauge("closedpaw_actor_handler_seconds",
                    "How long the handler that runs now has been running");

  void add(const node_snapshot& n) {
    state.add({{"path", n.path}, {"state", to_string(n.state)}}, 1.0);
    const label_list path{{"path", n.path}};
    since.add(path, seconds_of(n.state_since));
    restarts.add(path, n.restarts);
    if (n.ineffective_restarts > 0)
      ineffective.add(path, n.ineffective_restarts);
    depth.add(path, n.mailbox.depth);
    oldest.add(path, seconds_of(n.mailbox.oldest));
    messages.add(path, n.messages);
    busy.add(path, seconds_of(n.busy));
    handler.add(path, seconds_of(n.handler));
    for (const auto& c : n.children)
      add(c);
  }
};

}  // namespace

void add_tree(const node_snapshot& root, families& out) {
  tree_families all;
  all.add(root);
  for (auto* f :
       {&all.state, &all.since, &all.restarts, &all.ineffective, &all.depth,
        &all.oldest, &all.messages, &all.busy, &all.handler})
    std::move(*f).to(out);
}

}  // namespace closedpaw::monitoring
