#include "actors/channels/channel_state.hpp"

namespace closedpaw::channels {

namespace {

/// After half of it we ping.
constexpr std::chrono::seconds socket_silence{60};
/// More wait to be recorded only at the service.
constexpr std::size_t most_waiting_to_be_recorded = 1000;

}  // namespace

void channel_state::run(codec::open_socket x) {
  http::websocket_request q;
  q.url = std::move(x.url);
  q.timeouts = {
      std::chrono::seconds{5}, std::chrono::seconds{15}, socket_silence, {}};
  q.allow_private_addresses = args_.allow_private_addresses;
  const auto me = caf::actor_cast<caf::actor_addr>(self_);
  const auto tell = [me](socket_news what) {
    if (auto actor = caf::actor_cast<caf::actor>(me))
      caf::anon_send(actor, std::make_shared<socket_news>(std::move(what)));
  };
  using kind = socket_news::kind;
  http::websocket_events events;
  events.opened = [=, id = x.socket] { tell({id, kind::opened, {}, {}}); };
  events.received = [=, id = x.socket](std::string text) {
    tell({id, kind::received, std::move(text), {}});
  };
  events.alive = [=, id = x.socket] { tell({id, kind::alive, {}, {}}); };
  events.ended = [=, id = x.socket](http::websocket_end how) {
    tell({id, kind::ended, {}, {how.code, how.reason, how.why}});
  };
  sockets_[x.socket] = args_.connect(std::move(q), std::move(events));
}

void channel_state::run(codec::send_text x) {
  if (!x.with_token || args_.kind.with_token == nullptr) {
    if (const auto it = sockets_.find(x.socket); it != sockets_.end())
      it->second.send(std::move(x.text));
    return;
  }
  with_secrets(
      secrets_for(nullptr), {}, [=, this](const result<codec::secrets>& known) {
        const auto it = sockets_.find(x.socket);
        if (it == sockets_.end())
          return;
        if (known)
          it->second.send(args_.kind.with_token(x.text, *known));
        else
          self_->send(self_, std::make_shared<socket_news>(
                                 socket_news{x.socket,
                                             socket_news::kind::ended,
                                             {},
                                             {{}, {}, known.error()}}));
      });
}

void channel_state::run(codec::close_socket x) {
  if (const auto node = sockets_.extract(x.socket); !node.empty())
    node.mapped().close(x.code);
}

void channel_state::hear(const socket_news& x) {
  const auto it = sockets_.find(x.socket);
  if (it == sockets_.end())
    return;
  switch (x.what) {
    case socket_news::kind::opened:
      service_->opened(x.socket, mono());
      break;
    case socket_news::kind::received:
      if (inbox_.size() >= most_waiting_to_be_recorded) {
        it->second.drop();
        sockets_.erase(it);
        service_->closed(
            x.socket,
            {{},
             {},
             {errc::overloaded,
              std::to_string(inbox_.size()) +
                  " messages wait to be recorded; the service keeps the rest",
              {},
              {}}},
            mono());
        break;
      }
      service_->received(x.socket, x.text, mono());
      break;
    case socket_news::kind::alive:
      service_->alive(x.socket, mono());
      break;
    case socket_news::kind::ended:
      it->second.drop();
      sockets_.erase(it);
      service_->closed(x.socket, x.how, mono());
      break;
  }
  run_effects();
}

}  // namespace closedpaw::channels
