#include "actors/monitoring/recorder.hpp"

#include "messages/log.hpp"

namespace closedpaw::monitoring {

namespace {

constexpr std::chrono::milliseconds drain_interval{200};
constexpr std::size_t largest_batch = 256;

struct recorder_state {
  static constexpr const char* name = "recorder";
  using self_pointer = supervision::self_ptr<recorder_actor, recorder_state>;

  explicit recorder_state(self_pointer me) : self{me} {}
  recorder_actor::behavior_type init();
  caf::result<std::string> check();
  void drain();
  void refused(const failure& why, std::size_t n);
  void end_if_done();
  audit_event note_of(std::size_t dropped) const;

  self_pointer self;
  outbox* events = nullptr;
  supervision::slot_ptr<audit_logger_actor> logger;
  wall_clock now = system_now;
  bool in_flight = false;
  std::size_t batch = largest_batch;
  /// Set once it is to end: as soon as nothing waits.
  std::optional<caf::error> ending;
};

recorder_actor::behavior_type recorder_state::init() {
  self->delayed_send(self, drain_interval, sweep_atom::value);
  // The log outlives us: what explains an end is to be in it.
  self->set_exit_handler([this](caf::exit_msg& x) {
    if (x.reason == caf::exit_reason::kill)
      return self->quit(x.reason);
    ending = x.reason;
    drain();
    end_if_done();
  });
  return {
      [this](check_atom) { return check(); },
      [this](sweep_atom) {
        drain();
        self->delayed_send(self, drain_interval, sweep_atom::value);
      },
  };
}

caf::result<std::string> recorder_state::check() {
  auto handle = logger->get();
  if (!handle)
    return to_error(logger->unavailable(now()));
  auto promise = self->make_response_promise<std::string>();
  self->request(*handle, caf::infinite, barrier_atom::value)
      .then(
          [=, this](std::uint64_t) mutable {
            promise.deliver("reached the audit log; " +
                            std::to_string(events->size()) + " events wait");
          },
          [=](const caf::error& e) mutable { promise.deliver(e); });
  return promise;
}

void recorder_state::drain() {
  auto handle = logger->get();
  if (in_flight || !handle || events->size() == 0)
    return;
  commit_unit unit;
  unit.events = events->front(batch);
  unit.may_use_reserve = true;
  const auto n = unit.events.size();
  // Not by way of the outbox: there it would take another event's place.
  const auto dropped = events->dropped();
  if (dropped > 0)
    unit.events.insert(unit.events.begin(), note_of(dropped));
  in_flight = true;
  self->request(*handle, caf::infinite,
                commit_batch{commit_unit_payload{std::move(unit)}})
      .then(
          [=, this](const commit_answers& answers) {
            in_flight = false;
            if (const auto& why = answers.at(0).refused) {
              refused(*why, n);
            } else {
              batch = largest_batch;
              events->confirm(n);
              events->confirm_dropped(dropped);
              drain();
            }
            end_if_done();
          },
          [this](const caf::error&) {
            in_flight = false;
            end_if_done();
          });
}

// The store takes the rest, so what it will never take must not hold it up:
// alone it is found, and left out.
void recorder_state::refused(const failure& why, std::size_t n) {
  if (why.code != errc::bad_request)
    return;
  batch = 1;
  if (n > 1)
    return drain();
  log::error(
      "monitoring", "an event cannot be recorded and is left out",
      {{"status", events->front(1).front().status}, {"cause", why.message}});
  events->confirm(1);
  drain();
}

void recorder_state::end_if_done() {
  if (ending && !in_flight)
    self->quit(*ending);
}

audit_event recorder_state::note_of(std::size_t dropped) const {
  audit_event e;
  e.time = now();
  e.actor = "recorder";
  e.action_type = "storage";
  e.status = "dropped";
  e.outcome = "failure";
  e.level = "high";
  e.details = json{{"dropped_events", dropped}};
  return e;
}

}  // namespace

recorder_actor spawn_recorder(
    caf::scheduled_actor* parent, supervision::incarnation life, outbox* events,
    const supervision::slot_ptr<audit_logger_actor>& logger, wall_clock now) {
  return supervision::spawn_worker<recorder_actor, recorder_state>(
      parent, std::move(life), false, [=](recorder_state::self_pointer self) {
        self->state.events = events;
        self->state.logger = logger;
        self->state.now = now;
        return self->state.init();
      });
}

}  // namespace closedpaw::monitoring
