#include "actors/orchestrator/orchestrator_state.hpp"

// Changes that were approved: asked of whoever makes them without approval.
namespace closedpaw::orchestrator {

void orchestrator_state::apply_trust(const uuid& id, const trust_change& what) {
  const auto& row = *running_.at(id).row;
  const command_context by{
      row.decided_by.value_or(row.requested_by), row.request_id, {}, {}};
  const auto ourselves = caf::actor_cast<orchestrator_actor>(self_);
  const auto router = args_.channel_router->get();
  const auto ask_it = [&](const auto& whom, auto question) {
    using answer =
        std::conditional_t<std::is_same_v<decltype(question), ask_skill>,
                           skill_view, std::string>;
    self_->request(whom, caf::infinite, std::move(question))
        .then(
            [=, this](const answer&) {
              finish(id, {boost::system::in_place_value,
                          json_text{json{{"status", "success"}}}});
            },
            [=, this](const caf::error& e) { finish(id, to_failure(e)); });
  };
  const auto ask_router = [&](auto question) {
    auto& run = running_.at(id);
    if (!router)
      return finish(id, args_.channel_router->unavailable(now()));
    run.asked_who = args_.channel_router;
    run.asked_life = args_.channel_router->incarnation();
    run.withdraw = [](const cancel_action&) {};
    ask_it(*router, std::move(question));
  };
  std::visit(
      [&](const auto& c) {
        using change = std::decay_t<decltype(c)>;
        payload<closedpaw::ask<change>> question{closedpaw::ask<change>{c, by}};
        if constexpr (std::is_same_v<change, register_channel> ||
                      std::is_same_v<change, bind_channel_user> ||
                      std::is_same_v<change, confirm_pairing>)
          ask_router(std::move(question));
        else
          ask_it(ourselves, std::move(question));
      },
      what);
}

}  // namespace closedpaw::orchestrator
