#include "actors/monitoring/alert_watch.hpp"

#include <algorithm>

#include "actors/monitoring/alerts/causes.hpp"
#include "messages/log.hpp"

namespace closedpaw::monitoring {

namespace {

constexpr std::chrono::seconds longest_silence_commit{10};
constexpr std::size_t most_silences = 256;
/// How old the values of a published alert may be.
constexpr std::chrono::seconds refresh{5};

std::string level_of(alert_severity x) {
  switch (x) {
    case alert_severity::critical:
      return "high";
    case alert_severity::warning:
      return "medium";
    case alert_severity::info:
      return "info";
  }
  return "info";
}

audit_event event_of(const alert& x, timestamp now) {
  audit_event e;
  e.time = now;
  e.actor = "alert_watch";
  e.action_type = "alert";
  e.status = to_string(x.state);
  e.level = x.state == alert_state::firing ? level_of(x.severity) : "info";
  e.details = json_text{to_json(x)};
  return e;
}

/// But for what changes all the time.
bool look_alike(const std::vector<alert>& a, const std::vector<alert>& b) {
  return std::ranges::equal(a, b, [](const alert& x, const alert& y) {
    return x.fingerprint == y.fingerprint && x.state == y.state &&
           x.held_back == y.held_back && x.inhibited_by == y.inhibited_by &&
           x.silenced_by == y.silenced_by;
  });
}

class alert_watch_state {
 public:
  static constexpr const char* name = "alert_watch";
  using self_pointer =
      supervision::self_ptr<alert_watch_actor, alert_watch_state>;

  explicit alert_watch_state(self_pointer me) : self_{me} {}
  alert_watch_actor::behavior_type init(alert_watch_args given);

 private:
  using promise = caf::typed_response_promise<std::string>;

  std::size_t look();
  void tell(const alert& x);
  void publish(alerts::monotonic now);
  void restore_silences();
  void expire_silences();
  caf::result<std::string> on_silence(const ask<silence_alerts>& q);
  caf::result<std::string> on_end(const ask<end_silence>& q);
  caf::result<std::string> record(const std::string& status,
                                  const alert_silence& x,
                                  const command_context& by, bool lasts);
  timestamp now() const { return args_.live->now(); }

  self_pointer self_;
  alert_watch_args args_;
  /// What the store has of silences is not known to be what we have.
  bool unsure_ = true;
  alerts::monotonic published_at_{};
};

alert_watch_actor::behavior_type alert_watch_state::init(
    alert_watch_args given) {
  args_ = std::move(given);
  // Its supervisor's check looks at once.
  self_->delayed_send(self_, args_.interval, sweep_atom::value);
  return {
      [this](check_atom) {
        return "evaluated; " + std::to_string(look()) + " alerts";
      },
      [this](const ask_silence& q) { return on_silence(*q); },
      [this](const ask_end_silence& q) { return on_end(*q); },
      [this](sweep_atom) {
        look();
        self_->delayed_send(self_, args_.interval, sweep_atom::value);
      },
  };
}

std::size_t alert_watch_state::look() {
  if (unsure_)
    restore_silences();
  expire_silences();
  const auto mono = self_->clock().now();
  const auto measured = args_.measure();
  // After that: what was counted has its cause there.
  const auto root = args_.live->tree();
  const auto changed = args_.board->look(
      measured, {mono, now()},
      [&](const std::string& rule, const alert_labels& labels) {
        return alerts::cause_of(*args_.live, root, rule, labels);
      });
  publish(mono);
  // Whoever is told looks at once.
  for (const auto& x : changed)
    tell(x);
  return args_.live->alerts.get()->alerts.size();
}

void alert_watch_state::tell(const alert& x) {
  args_.report(event_of(x, now()));
  args_.announce(x);
}

void alert_watch_state::publish(alerts::monotonic at) {
  auto view = args_.board->view();
  auto& place = args_.live->alerts;
  const auto shown = place.get();
  const bool same = look_alike(view.alerts, shown->alerts) &&
                    view.silences == shown->silences && !place.stale_since();
  if (same && (view.alerts == shown->alerts || at - published_at_ < refresh))
    return;
  published_at_ = at;
  if (!self_->life().where->fenced(self_->life().number))
    place.publish(std::move(view));
}

void alert_watch_state::restore_silences() {
  const auto rows = args_.stored();
  if (!rows)
    return;
  unsure_ = false;
  std::vector<std::string> stored;
  for (const auto& row : *rows)
    // Those that are over as well: their rows have to go.
    if (auto x = silence_from(row)) {
      stored.push_back(x->id);
      args_.board->put(std::move(*x));
    }
  for (const auto& x : args_.board->view().silences)
    if (std::ranges::find(stored, x.id) == stored.end())
      args_.board->end_silence(x.id);
}

void alert_watch_state::expire_silences() {
  const auto logger = args_.logger->get();
  if (!logger)
    return;
  for (const auto& id : args_.board->expire_silences(now())) {
    // A row that stays after all goes at the next start.
    audit_event e;
    e.time = now();
    e.actor = "alert_watch";
    e.action_type = "alert";
    e.status = "silence_expired";
    e.details = json_text{json{{"silence", id}}};
    commit_unit unit;
    unit.events.push_back(std::move(e));
    unit.registry.push_back({std::string{silences_prefix} + id, std::nullopt});
    self_
        ->request(*logger, longest_silence_commit,
                  commit_batch{commit_unit_payload{std::move(unit)}})
        .then([](const commit_answers&) {}, [](const caf::error&) {});
  }
}

caf::result<std::string> alert_watch_state::on_silence(
    const ask<silence_alerts>& q) {
  if (args_.board->view().silences.size() >= most_silences)
    return to_error({errc::too_many_requests,
                     "there are " + std::to_string(most_silences) +
                         " silences; end some first (GET /api/alerts shows "
                         "them)",
                     {},
                     {}});
  auto x = q.command.what;
  x.created_by = q.context.peer.id;
  return record("silenced", x, q.context, true);
}

caf::result<std::string> alert_watch_state::on_end(const ask<end_silence>& q) {
  for (const auto& x : args_.board->view().silences)
    if (x.id == q.command.id)
      return record("silence_ended", x, q.context, false);
  return to_error({errc::not_found, "No such silence", {}, {}});
}

// In force once it is recorded.
caf::result<std::string> alert_watch_state::record(const std::string& status,
                                                   const alert_silence& x,
                                                   const command_context& by,
                                                   bool lasts) {
  const auto logger = args_.logger->get();
  if (!logger)
    return to_error(args_.logger->unavailable(now()));
  audit_event e;
  e.time = now();
  e.actor = "alert_watch";
  e.user = by.peer;
  e.action_type = "alert";
  e.status = status;
  e.outcome = "success";
  e.level = "medium";
  e.request_id = by.request_id;
  e.details = json_text{to_json(x)};
  commit_unit unit;
  unit.events.push_back(std::move(e));
  unit.registry.push_back({std::string{silences_prefix} + x.id,
                           lasts ? std::optional{to_json(x)} : std::nullopt});
  auto answer = self_->make_response_promise<std::string>();
  self_
      ->request(*logger, longest_silence_commit,
                commit_batch{commit_unit_payload{std::move(unit)}})
      .then(
          [=, this](const commit_answers& answers) mutable {
            if (const auto& why = answers.at(0).refused) {
              answer.deliver(to_error(*why));
              return;
            }
            if (lasts)
              args_.board->put(x);
            else
              args_.board->end_silence(x.id);
            publish(self_->clock().now());
            answer.deliver(x.id);
          },
          [=, this](const caf::error& why) mutable {
            unsure_ = true;
            auto f = to_failure(why);
            f.code = errc::outcome_unknown;
            answer.deliver(to_error(f));
          });
  return answer;
}

}  // namespace

alert_watch_actor spawn_alert_watch(caf::scheduled_actor* parent,
                                    supervision::incarnation life,
                                    alert_watch_args args) {
  return supervision::spawn_worker<alert_watch_actor, alert_watch_state>(
      parent, std::move(life), false,
      [args = std::move(args)](alert_watch_state::self_pointer self) {
        return self->state.init(args);
      });
}

}  // namespace closedpaw::monitoring
