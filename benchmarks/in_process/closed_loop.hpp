#pragma once

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <chrono>
#include <cstdint>
#include <stdexcept>

namespace closedpaw::benchmarks {

struct load_shape {
  std::uint32_t producers = 1;
  /// Requests that each keeps in flight.
  std::uint32_t window = 1;
  /// Of all of them together.
  std::uint64_t requests = 0;
};

template <class Target, class Request>
struct producer_state {
  static constexpr const char* name = "producer";
  Target target;
  caf::actor report_to;
  Request request;
  std::uint64_t unsent = 0;
  std::uint64_t in_flight = 0;
};

template <class Target, class Request>
using producer_actor = caf::stateful_actor<producer_state<Target, Request>>;

template <class Answer, class Target, class Request>
void send_next(producer_actor<Target, Request>* self) {
  auto& state = self->state;
  --state.unsent;
  ++state.in_flight;
  self->request(state.target, caf::infinite, state.request)
      .then(
          [self](const Answer&) {
            auto& now = self->state;
            --now.in_flight;
            if (now.unsent > 0)
              send_next<Answer>(self);
            else if (now.in_flight == 0)
              self->send(now.report_to, caf::ok_atom::value);
          },
          [self](caf::error& reason) { self->quit(std::move(reason)); });
}

/// Producers that ask again as soon as they are answered, until all requests
/// are. Throws when one is refused.
template <class Answer, class Target, class Request>
std::chrono::duration<double> closed_loop(caf::actor_system& system,
                                          const Target& target,
                                          const Request& request,
                                          const load_shape& shape) {
  caf::scoped_actor self{system};
  auto produce = [&](producer_actor<Target, Request>* me) {
    me->state.target = target;
    me->state.report_to = caf::actor_cast<caf::actor>(self);
    me->state.request = request;
    me->state.unsent = shape.requests / shape.producers;
    for (std::uint32_t i = 0; i < shape.window && me->state.unsent > 0; ++i)
      send_next<Answer>(me);
  };
  const auto begin = std::chrono::steady_clock::now();
  for (std::uint32_t i = 0; i < shape.producers; ++i)
    self->spawn<caf::monitored>(produce);
  for (std::uint32_t done = 0; done < shape.producers;)
    self->receive([&](caf::ok_atom) { ++done; },
                  [&](const caf::down_msg& down) {
                    if (down.reason)
                      throw std::runtime_error{system.render(down.reason)};
                  });
  return std::chrono::steady_clock::now() - begin;
}

}  // namespace closedpaw::benchmarks
