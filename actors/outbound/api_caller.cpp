#include "actors/outbound/api_caller.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <map>

#include "actors/outbound/calls.hpp"

namespace closedpaw::outbound {

/// An answer of the HTTP client on its way into the actor; process-local.
struct outside_answer {
  std::uint64_t exchange = 0;
  result<http::client_response> outcome;
};
using outside_answer_ptr = std::shared_ptr<outside_answer>;

}  // namespace closedpaw::outbound

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(closedpaw::outbound::outside_answer_ptr)

namespace closedpaw::outbound {

namespace {

using internal_caller =
    api_caller_actor::extend<caf::reacts_to<outside_answer_ptr>>;

class api_caller_state {
 public:
  static constexpr const char* name = "api_caller";
  using self_pointer = supervision::self_ptr<internal_caller, api_caller_state>;

  explicit api_caller_state(self_pointer me) : self_{me} {}
  ~api_caller_state();

  internal_caller::behavior_type init(api_caller_args given);

 private:
  using response = result<http::client_response>;
  struct exchange {
    uuid action_id;
    http::cancel_handle upstream;
    std::function<void(response)> then;
  };

  caf::result<std::string> on_check();
  caf::result<api_answer_payload> on_call(const call_api& x);
  void on_cancel(const uuid& action);
  void on_answer(outside_answer& x);
  void send(const uuid& action, http::client_request q,
            std::function<void(response)> then);

  self_pointer self_;
  api_caller_args args_;
  std::map<std::uint64_t, exchange> exchanges_;
  std::uint64_t next_ = 1;
};

api_caller_state::~api_caller_state() {
  for (auto& [id, x] : exchanges_)
    x.upstream.cancel();
  for (auto& [id, x] : std::exchange(exchanges_, {}))
    x.then(failure{errc::interrupted,
                   "whoever makes the calls stopped before the answer came; "
                   "what the call did is not known",
                   {},
                   {}});
}

internal_caller::behavior_type api_caller_state::init(api_caller_args given) {
  args_ = std::move(given);
  return {
      [this](check_atom) { return on_check(); },
      [this](const call_api_payload& q) { return on_call(*q); },
      [this](const cancel_action& q) { on_cancel(q.id); },
      [this](const outside_answer_ptr& x) { on_answer(*x); },
  };
}

// No address is always there to be asked, but one must always be refused: the
// clouds' metadata.
caf::result<std::string> api_caller_state::on_check() {
  auto promise = self_->make_response_promise<std::string>();
  http::client_request q;
  q.url = "http://169.254.169.254/";
  send({}, std::move(q), [promise](const response& r) mutable {
    if (!r && r.error().code == errc::forbidden)
      promise.deliver(std::string{"the client refused a forbidden address"});
    else if (!r && r.error().extra.is_object() &&
             r.error().extra.contains("blocked"))
      promise.deliver(std::string{"the client refused all addresses"});
    else
      promise.deliver(to_error(
          r ? failure{errc::internal,
                      "the client called an address that is always refused",
                      {},
                      {}}
            : r.error()));
  });
  return promise;
}

caf::result<api_answer_payload> api_caller_state::on_call(const call_api& x) {
  auto q = request_for(x, args_.settings);
  if (!q)
    return to_error(q.error());
  auto promise = self_->make_response_promise<api_answer_payload>();
  send(x.action_id, std::move(*q), [this, promise](const response& r) mutable {
    self_->record_exchange(
        r.has_value(),
        r ? "status " + std::to_string(r->status) : r.error().message,
        args_.now());
    if (r)
      promise.deliver(api_answer_payload{answer_of(*r)});
    else
      promise.deliver(to_error(r.error()));
  });
  return promise;
}

void api_caller_state::send(const uuid& action, http::client_request q,
                            std::function<void(response)> then) {
  const auto id = next_++;
  auto& x = exchanges_[id];
  x.action_id = action;
  x.then = std::move(then);
  const auto me = caf::actor_cast<caf::actor_addr>(self_);
  x.upstream = args_.fetch(std::move(q), [me, id](response r) {
    if (auto actor = caf::actor_cast<caf::actor>(me))
      caf::anon_send(actor, std::make_shared<outside_answer>(
                                outside_answer{id, std::move(r)}));
  });
}

void api_caller_state::on_cancel(const uuid& action) {
  for (auto& [id, x] : exchanges_)
    if (x.action_id == action)
      x.upstream.cancel();
}

void api_caller_state::on_answer(outside_answer& x) {
  auto node = exchanges_.extract(x.exchange);
  if (!node.empty())
    node.mapped().then(std::move(x.outcome));
}

}  // namespace

api_caller_actor spawn_api_caller(caf::scheduled_actor* parent,
                                  supervision::incarnation life,
                                  api_caller_args args) {
  return supervision::spawn_worker<internal_caller, api_caller_state>(
      parent, std::move(life), false,
      [args = std::move(args)](api_caller_state::self_pointer self) {
        return self->state.init(args);
      });
}

}  // namespace closedpaw::outbound
