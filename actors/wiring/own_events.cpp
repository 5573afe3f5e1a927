#include "actors/wiring/own_events.hpp"

#include "messages/log.hpp"

namespace closedpaw::wiring {

void note_limited(runtime& r, const http::request& q,
                  const security::rate_verdict& seen) {
  r.meters.limited(seen.what);
  if (!seen.to_be_told)
    return;
  audit_event e;
  e.time = r.live.now();
  e.actor = "security";
  e.user = q.peer;
  e.action_type = "security";
  e.status = "rate_limited";
  e.level = "medium";
  e.request_id = q.id;
  e.details = json_text{json{{"kind", to_string(seen.what)},
                             {"per_second", seen.limit.per_second},
                             {"burst", seen.limit.burst},
                             {"refused", *seen.to_be_told}}};
  r.unrecorded.push(std::move(e));
}

void note_stranger(runtime& r, const http::request& q, const failure& why,
                   std::optional<std::uint64_t> times) {
  r.meters.token_refused();
  if (!times)
    return;
  audit_event e;
  e.time = r.live.now();
  e.actor = "security";
  e.user = q.peer;
  e.action_type = "security";
  e.status = "token_refused";
  e.outcome = "failure";
  e.level = "medium";
  e.request_id = q.id;
  e.details = json_text{json{{"path", q.path.substr(0, 200)},
                             {"why", why.message},
                             {"times", *times}}};
  r.unrecorded.push(std::move(e));
}

void note_unclean_exit(runtime& r, std::size_t within_5_min) {
  log::warn("main", "the last run did not end in order",
            {{"unclean_exits_in_5_min", within_5_min}});
  audit_event e;
  e.time = r.live.started_at;
  e.actor = "main";
  e.action_type = "supervision";
  e.status = "unclean_exit";
  e.level = "medium";
  e.details = json{{"unclean_exits_in_5_min", within_5_min}};
  r.unrecorded.push(std::move(e));
}

void raise_level(runtime& r, const raise_log_level& x, const principal& who) {
  const auto to = static_cast<log::level>(x.severity);
  log::raise(x.component, to, std::chrono::steady_clock::now() + x.lasts);
  audit_event e;
  e.time = r.live.now();
  e.actor = "main";
  e.user = who;
  e.action_type = "system";
  e.status = "log_level_raised";
  e.outcome = "success";
  e.details = json_text{json{{"component", x.component},
                             {"level", config::to_string(to)},
                             {"seconds", x.lasts.count()}}};
  r.unrecorded.push(std::move(e));
}

}  // namespace closedpaw::wiring
