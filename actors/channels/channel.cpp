#include "actors/channels/channel.hpp"

#include "actors/channels/channel_state.hpp"
#include "actors/providers/codec/base_url.hpp"
#include "messages/model/channel_type.hpp"

namespace closedpaw::channels {

namespace {

/// Sleeping for less breaks no connection.
constexpr std::chrono::seconds noticeable_sleep{5};

http_reply to_reply(http::client_response r) {
  return {r.status, std::move(r.headers), std::move(r.body)};
}

}  // namespace

channel_state::~channel_state() {
  for (auto& [id, x] : exchanges_)
    x.upstream.cancel();
  for (auto& [id, x] : sockets_)
    x.drop();
  const failure gone{errc::unavailable,
                     "channel " + args_.name + " stopped",
                     milliseconds{1000},
                     {}};
  for (auto& promise : checks_)
    promise.deliver(to_error(gone));
  auto unsure = gone;
  unsure.code = errc::outcome_unknown;
  for (auto& x : early_)
    x.promise.deliver(to_error(gone));
  for (auto& [id, promise] : sending_)
    promise.deliver(to_error(unsure));
  for (auto& [id, promise] : posting_)
    promise.deliver(to_error(unsure));
  for (auto& [id, reader] : deltas_)
    args_.streams->close(id_of_deltas(id));
}

internal_channel::behavior_type channel_state::init(channel_args given) {
  args_ = std::move(given);
  // The counters of earlier lives go on; what they had proven does not.
  view_ = *args_.view->get();
  view_.started_at = args_.now();
  view_.first_proof.reset();
  view_.receiving.reset();
  view_.sending.reset();
  view_.recording.reset();
  view_.proof_within = 2 * args_.service.poll_timeout;
  service_ = args_.kind.make(args_.service);
  admission_.emplace(args_.limits, mono());
  seen_.emplace(seen_prefix(args_.name));
  transcript_.emplace(args_.name);
  slept_ = args_.slept();
  begin_after_earlier_life();
  return {
      [this](check_atom) { return on_check(); },
      [this](const ask_send_to_channel& q) {
        return begun_ ? on_send(*q) : ask_again_later(q);
      },
      [this](const ask_post_to_channel& q) {
        return begun_ ? on_post(*q) : ask_again_later(q);
      },
      [this](const service_answer_ptr& x) {
        answer(x->call, std::move(x->outcome));
      },
      [this](const socket_news_ptr& x) { hear(*x); },
      [this](wake_atom, std::uint64_t number) {
        if (number != timer_)
          return;
        timer_at_.reset();
        service_->tick(mono());
        run_effects();
      },
      [this](start_atom) {
        retry_scheduled_ = false;
        take_next();
      },
      [this](sweep_atom) {
        sweep();
        self_->delayed_send(self_, sweep_interval, sweep_atom::value);
      },
  };
}

// Proven by the protocol's own next exchange, whatever its kind.
caf::result<std::string> channel_state::on_check() {
  auto promise = self_->make_response_promise<std::string>();
  if (view_.first_proof && !view_.receiving)
    promise.deliver(view_.last_exchange);
  else
    checks_.push_back(promise);
  return promise;
}

void channel_state::run_effects() {
  for (auto effects = service_->take(); !effects.empty();
       effects = service_->take())
    for (auto& x : effects)
      std::visit([this](auto& e) { run(std::move(e)); }, x);
  set_timer();
}

void channel_state::run(codec::call x) {
  exchanges_.emplace(x.id, exchange{});
  const auto needed = secrets_for(&x.what);
  http::client_request q;
  q.method = std::move(x.what.method);
  q.url = std::move(x.what.path);
  q.headers = std::move(x.what.headers);
  q.body = std::move(x.what.body);
  q.timeouts = {std::min(x.patience, milliseconds{5'000}), x.patience,
                x.patience, x.patience};
  q.allow_private_addresses = args_.allow_private_addresses;
  with_secrets(needed, {},
               [=, this, id = x.id](const result<codec::secrets>& known) {
                 if (known)
                   send(id, q, *known);
                 else
                   // Not from within: the service has yet to hear of the next
                   // effects.
                   self_->send(self_, std::make_shared<service_answer>(
                                          service_answer{id, known.error()}));
               });
}

std::vector<std::string> channel_state::secrets_for(
    const http_request* what) const {
  if (what && args_.kind.needs)
    return args_.kind.needs(*what);
  const auto* type = find_channel_type(args_.kind.type);
  std::vector<std::string> out;
  for (const auto which : {type->secret, type->second_secret})
    if (!which.empty())
      out.emplace_back(which);
  return out;
}

// One after the other.
void channel_state::with_secrets(std::vector<std::string> names,
                                 codec::secrets known, const on_secrets& then) {
  if (names.empty()) {
    then(std::move(known));
    return;
  }
  const auto next = std::move(names.back());
  names.pop_back();
  if (const auto it = session_secrets_.find(next);
      it != session_secrets_.end()) {
    known.insert(*it);
    with_secrets(std::move(names), std::move(known), then);
    return;
  }
  auto vault = args_.vault->get();
  if (!vault) {
    then(args_.vault->unavailable(args_.now()));
    return;
  }
  self_
      ->request(*vault, std::chrono::seconds{5},
                unseal_secret{secret_name(args_.name, next),
                              secret_audience(args_.kind.type, args_.base_url)})
      .then(
          [=, this](const secret_payload& secret) mutable {
            known[next] = secret->reveal();
            with_secrets(std::move(names), std::move(known), then);
          },
          [=, this](const caf::error& e) {
            auto why = to_failure(e);
            const auto* type = find_channel_type(args_.kind.type);
            if (why.code == errc::not_found &&
                (next == type->secret || next == type->second_secret))
              why = {errc::upstream_refused,
                     "no " + next + " is stored for channel " + args_.name +
                         " at " + args_.base_url +
                         "; store it: closedpaw vault set " +
                         secret_name(args_.name, next),
                     {},
                     {}};
            then(why);
          });
}

void channel_state::send(std::uint64_t id, http::client_request q,
                         const codec::secrets& known) {
  const auto it = exchanges_.find(id);
  if (it == exchanges_.end())
    return;
  it->second.known = known;
  http_request what{q.method, q.url, std::move(q.headers), std::move(q.body)};
  args_.kind.authorize(what, known);
  q.url = providers::codec::request_url(args_.base_url, what.path);
  q.headers = std::move(what.headers);
  q.body = std::move(what.body);
  const auto me = caf::actor_cast<caf::actor_addr>(self_);
  it->second.upstream = args_.fetch(std::move(q), [me, id](response r) {
    if (auto actor = caf::actor_cast<caf::actor>(me))
      caf::anon_send(actor, std::make_shared<service_answer>(
                                service_answer{id, std::move(r)}));
  });
}

void channel_state::answer(std::uint64_t id, response outcome) {
  const auto node = exchanges_.extract(id);
  if (node.empty())
    return;
  result<http_reply> reply{failure{}};
  if (outcome) {
    reply = to_reply(std::move(*outcome));
  } else {
    auto why = std::move(outcome).error();
    for (const auto& [which, secret] : node.mapped().known)
      mask(why.message, secret_text{secret});
    reply = std::move(why);
  }
  service_->answered(id, std::move(reply), mono());
  run_effects();
}

void channel_state::run(codec::hang_up x) {
  if (const auto node = exchanges_.extract(x.id); !node.empty())
    node.mapped().upstream.cancel();
}

void channel_state::run(codec::read_back) {
  const auto rows = args_.stored(cursor_key(args_.name));
  service_->was_read(rows ? result<void>{} : result<void>{rows.error()},
                     mono());
}

void channel_state::run(codec::take_in x) {
  for (auto& message : x.messages)
    inbox_.push_back(std::move(message));
  cursor_ = std::move(x.cursor);
  cursor_alone_ = inbox_.empty();
  reporting_ = true;
  take_next();
}

void channel_state::run(const codec::proven& x) {
  const bool turns = view_.receiving || !view_.first_proof;
  if (view_.receiving && view_.first_proof)
    ++view_.reconnects;
  view_.receiving.reset();
  view_.last_proof = args_.now();
  view_.last_exchange = x.what;
  if (!view_.first_proof)
    view_.first_proof = view_.last_proof;
  self_->record_exchange(true, x.what, args_.now());
  publish();
  if (turns)
    args_.announce({{"channel", args_.name}, {"connected", true}});
  for (auto& promise : std::exchange(checks_, {}))
    promise.deliver(x.what);
}

void channel_state::run(const codec::troubled& x) {
  const bool turns = !x.sending && !view_.receiving;
  trouble(x.sending ? view_.sending : view_.receiving, x.why, x.again_in);
  self_->record_exchange(false, x.why.message, args_.now());
  publish();
  if (x.sending)
    return;
  if (turns)
    args_.announce({{"channel", args_.name},
                    {"connected", false},
                    {"why", x.why.message}});
  for (auto& promise : std::exchange(checks_, {}))
    promise.deliver(to_error(x.why));
}

void channel_state::run(codec::obtained x) {
  session_secrets_[x.name] = std::move(x.secret);
}

void channel_state::run(const codec::said& x) {
  view_.sending.reset();
  ++view_.messages_out;
  if (const auto id = parse_uuid(x.id))
    if (const auto it = owed_.find(*id); it != owed_.end()) {
      it->second.at = owing::stage::said;
      const auto took = args_.now() - it->second.reply.asked_at;
      view_.round_trip_ms = static_cast<std::uint32_t>(
          std::chrono::duration_cast<milliseconds>(took).count());
      settle(*id);
    }
  publish();
}

void channel_state::run(const codec::unsaid& x) {
  if (const auto id = parse_uuid(x.id))
    if (const auto it = owed_.find(*id); it != owed_.end()) {
      it->second.at = owing::stage::said;
      it->second.unsaid = x.why;
      settle(*id);
    }
}

void channel_state::set_timer() {
  const auto at = service_->wakes_at();
  if (at == timer_at_)
    return;
  timer_at_ = at;
  ++timer_;
  if (at)
    self_->scheduled_send(self_, *at, wake_atom::value, timer_);
}

void channel_state::sweep() {
  if (const auto slept = args_.slept(); slept - slept_ >= noticeable_sleep) {
    slept_ = slept;
    service_->resumed(mono());
    run_effects();
  }
  std::vector<uuid> waiting;
  for (const auto& [id, x] : owed_)
    if (!x.ending && x.at != owing::stage::saying)
      waiting.push_back(id);
  for (const auto& id : waiting)
    pursue(id);
}

void channel_state::trouble(std::optional<channel_trouble>& in,
                            const failure& why,
                            std::optional<milliseconds> again_in) {
  const auto now = args_.now();
  if (in)
    ++in->times;
  else
    in = channel_trouble{why, now, now, 1, {}};
  in->why = why;
  in->last = now;
  in->again_at.reset();
  if (again_in)
    in->again_at = now + *again_in;
}

void channel_state::publish() {
  if (abandoned())
    return;
  view_.backlog = static_cast<std::uint32_t>(owed_.size());
  args_.view->publish(view_);
}

channel_actor spawn_channel(caf::scheduled_actor* parent,
                            supervision::incarnation life, channel_args args) {
  return supervision::spawn_worker<internal_channel, channel_state>(
      parent, std::move(life), false,
      [args = std::move(args)](channel_state::self_pointer self) {
        return self->state.init(args);
      });
}

}  // namespace closedpaw::channels
