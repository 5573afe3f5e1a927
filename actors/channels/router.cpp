#include "actors/channels/router.hpp"

#include <algorithm>

#include "actors/channels/policy/records.hpp"
#include "actors/channels/router_state.hpp"

namespace closedpaw::channels {

namespace {

constexpr std::chrono::milliseconds router_sweep{500};
constexpr std::chrono::seconds longest_commit_of_router{10};

}  // namespace

router_state::~router_state() {
  const failure gone{errc::outcome_unknown,
                     "the owner of the channels stopped before it heard "
                     "whether this was recorded",
                     std::chrono::milliseconds{1000},
                     {}};
  for (auto& [key, refused] : std::exchange(waiting_, {}))
    refused(gone);
}

channel_router_actor::behavior_type router_state::init(router_args given) {
  args_ = std::move(given);
  // An earlier life may have ended between a commit and its answer.
  if (auto done = reload(); !done)
    throw failure_exception{done.error()};
  self_->delayed_send(self_, router_sweep, sweep_atom::value);
  return {
      [this](check_atom) { return on_check(); },
      [this](const ask_register_channel& q) { return on_register(*q); },
      [this](const ask_remove_channel& q) {
        return in_turn<std::string>([=, this] { return plan_removal(*q); });
      },
      [this](const ask_switch_channels& q) {
        return in_turn<std::uint32_t>([=, this] { return plan_switch(*q); });
      },
      [this](const ask_bind_user& q) {
        return in_turn<std::string>([=, this] { return plan_binding(*q); });
      },
      [this](const ask_confirm_pairing& q) {
        return in_turn<std::string>(
            [=, this] { return plan_confirmation(*q); });
      },
      [this](const ask_begin_pairing& q) {
        return in_turn<std::string>([=, this] { return plan_pairing(*q); });
      },
      [this](apply_atom, const std::string& which) { renew(which); },
      [this](sweep_atom) {
        sweep();
        self_->delayed_send(self_, router_sweep, sweep_atom::value);
      },
  };
}

// The store is what it works with.
caf::result<std::string> router_state::on_check() {
  if (auto done = reload(); !done)
    return to_error(done.error());
  return "read " + std::to_string(table_.size()) + " channels from the store";
}

template <class T, class Plan>
caf::result<T> router_state::in_turn(Plan plan) {
  auto promise = self_->make_response_promise<T>();
  run_in_turn<T>(promise, std::move(plan));
  return promise;
}

template <class T, class Plan>
void router_state::run_in_turn(caf::typed_response_promise<T> promise,
                               Plan plan) {
  const auto key = wait(promise);
  turns_.push_back([=, this]() mutable {
    const auto refused = [=, this](failure why) {
      waiting_.extract(key).mapped()(std::move(why));
      next_turn();
    };
    result<planned<T>> p = plan();
    if (!p)
      return refused(p.error());
    auto answered = [=, this, answer = p->answer]() mutable {
      waiting_.erase(key);
      promise.deliver(answer);
      next_turn();
    };
    if (p->what.unit.events.empty())
      return answered();
    commit(std::move(p->what), answered, refused);
  });
  if (!busy_)
    next_turn();
}

template <class T>
std::uint64_t router_state::wait(caf::typed_response_promise<T> promise) {
  waiting_[next_key_] = [promise](failure why) mutable {
    promise.deliver(to_error(std::move(why)));
  };
  return next_key_++;
}

void router_state::next_turn() {
  busy_ = !turns_.empty();
  if (!busy_)
    return;
  auto turn = std::move(turns_.front());
  turns_.pop_front();
  turn();
}

void router_state::commit(change what, const std::function<void()>& done,
                          const on_refused& refused) {
  auto logger = args_.logger->get();
  if (!logger)
    return refused(args_.logger->unavailable(args_.now()));
  self_
      ->request(*logger, longest_commit_of_router,
                commit_batch{commit_unit_payload{std::move(what.unit)}})
      .then(
          [=, this,
           renewed = std::move(what.renewed)](const commit_answers& answers) {
            if (const auto& why = answers.at(0).refused)
              return refused(*why);
            for (const auto& x : renewed)
              ++revisions_[x];
            // Committed, so it is in force as soon as it can be read.
            unsure_ = !reload();
            done();
          },
          [=, this](const caf::error& e) {
            unsure_ = true;
            auto why = to_failure(e);
            why.code = errc::outcome_unknown;
            refused(why);
          });
}

result<void> router_state::reload() {
  std::map<std::string, json> rows;
  for (const auto& prefix : table_prefixes()) {
    auto some = args_.stored(prefix);
    if (!some)
      return some.error();
    rows.merge(*some);
  }
  table_ = assemble(args_.configured, rows);
  for (auto& x : table_)
    if (const auto it = revisions_.find(x.settings.name);
        it != revisions_.end())
      x.revision = it->second;
  if (!self_->life().where->fenced(self_->life().number))
    args_.follow(table_);
  return {};
}

void router_state::renew(const std::string& which) {
  if (!find_channel(table_, which))
    return;
  ++revisions_[which];
  unsure_ = !reload();
}

void router_state::sweep() {
  if (unsure_)
    unsure_ = !reload();
}

channel_router_actor spawn_channel_router(caf::scheduled_actor* parent,
                                          supervision::incarnation life,
                                          router_args args) {
  return supervision::spawn_worker<channel_router_actor, router_state>(
      parent, std::move(life), false,
      [args = std::move(args)](router_state::self_pointer self) {
        return self->state.init(args);
      });
}

// Secrets are sealed before its turn, one after the other.
caf::result<std::string> router_state::on_register(
    const ask<register_channel>& q) {
  const auto& c = q.command;
  const auto fits = registered_form(c);
  if (!fits)
    return to_error(fits.error());
  auto promise = self_->make_response_promise<std::string>();
  seal(std::make_shared<registration>(registration{q, *fits, {}}), promise);
  return promise;
}

void router_state::seal(const std::shared_ptr<registration>& r,
                        text_promise promise) {
  const auto& secrets = r->asked.command.secrets;
  const auto next = std::ranges::find_if(
      secrets, [&](const auto& x) { return !r->sealed.contains(x.first); });
  if (next == secrets.end())
    return run_in_turn<std::string>(
        promise, [=, this] { return plan_registration(*r); });
  auto vault = args_.vault->get();
  if (!vault) {
    promise.deliver(to_error(args_.vault->unavailable(args_.now())));
    return;
  }
  const auto key = wait(promise);
  self_
      ->request(*vault, std::chrono::seconds{5},
                seal_payload{seal_secret{
                    secret_name(r->asked.command.name, next->first),
                    secret_audience(r->wanted.type, r->wanted.base_url),
                    next->second}})
      .then(
          [=, this, secret = next->first](const std::string& sealed) {
            waiting_.erase(key);
            r->sealed[secret] = sealed;
            seal(r, promise);
          },
          [=, this](const caf::error& e) {
            waiting_.extract(key).mapped()(to_failure(e));
          });
}

}  // namespace closedpaw::channels
