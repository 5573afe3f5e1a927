#pragma once

#include <functional>
#include <unordered_map>

#include "actors/gateway/gateway.hpp"
#include "http/routes/chat_stream.hpp"
#include "http/routes/render.hpp"
#include "messages/exchange.hpp"

namespace closedpaw::gateway {

struct gateway_state {
  static constexpr const char* name = "gateway";
  using self_pointer = supervision::self_ptr<gateway_actor, gateway_state>;

  /// A request that somebody is working on.
  struct in_flight {
    exchange_ptr x;
    std::shared_ptr<supervision::slot_base> asked;
    std::uint64_t life = 0;
    /// A chat that is read while it is made.
    std::shared_ptr<http::chat_stream> stream;
    std::string stream_id;
  };

  explicit gateway_state(self_pointer me) : self{me} {}
  ~gateway_state();

  gateway_actor::behavior_type init(gateway_args given);
  void handle(const exchange_ptr& x);
  template <class Answer>
  using render_of = std::function<http::response(const Answer&)>;
  /// Sends the message to who is there, and its answer to the client.
  template <class Answer, class Handle, class Message>
  void forward(const exchange_ptr& x,
               const supervision::slot_ptr<Handle>& where, Message message,
               render_of<Answer> render);
  /// Apart from forward(), so that it is compiled once for a kind of answer.
  template <class Answer, class Pending>
  void expect(const Pending& pending, std::uint64_t key,
              render_of<Answer> render);
  void fail(std::uint64_t key, const caf::error& e);
  template <class Command>
  payload<ask<Command>> asked(const exchange_ptr& x, Command& c) const {
    return ask<Command>{std::move(c), x->context};
  }
  std::uint64_t wait(const exchange_ptr& x,
                     std::shared_ptr<supervision::slot_base> asked);
  exchange_ptr take(std::uint64_t key);
  void refuse(const in_flight& w, const failure& why);
  template <class Command>
  void run_on_channel(const exchange_ptr& x, Command& c);
  void run_stream(const exchange_ptr& x, run_chat& c);
  caf::result<std::string> check();
  void sweep();

  // One overload for each command.
  void run(const exchange_ptr& x, submit_action& c);
  void run(const exchange_ptr& x, run_chat& c);
  void run(const exchange_ptr& x, switch_model& c);
  void run(const exchange_ptr& x, decide_action& c);
  void run(const exchange_ptr& x, cancel_action& c);
  void run(const exchange_ptr& x, get_action& c);
  void run(const exchange_ptr& x, list_actions& c);
  void run(const exchange_ptr& x, read_audit& c);
  void run(const exchange_ptr& x, read_proof& c);
  void run(const exchange_ptr& x, verify_log& c);
  void run(const exchange_ptr& x, set_skill_enabled& c);
  void run(const exchange_ptr& x, set_default_provider& c);
  void run(const exchange_ptr& x, register_provider& c);
  void run(const exchange_ptr& x, remove_provider& c);
  void run(const exchange_ptr& x, check_provider& c);
  void run(const exchange_ptr& x, register_channel& c);
  void run(const exchange_ptr& x, remove_channel& c);
  void run(const exchange_ptr& x, switch_channels& c);
  void run(const exchange_ptr& x, bind_channel_user& c);
  void run(const exchange_ptr& x, confirm_pairing& c);
  void run(const exchange_ptr& x, send_to_channel& c);
  void run(const exchange_ptr& x, post_to_channel& c);
  void run(const exchange_ptr& x, create_agent& c);
  void run(const exchange_ptr& x, execute_in_agent& c);
  void run(const exchange_ptr& x, stop_agent& c);
  void run(const exchange_ptr& x, pause_agent& c);
  void run(const exchange_ptr& x, check_isolation& c);
  void run(const exchange_ptr& x, silence_alerts& c);
  void run(const exchange_ptr& x, end_silence& c);
  void run(const exchange_ptr& x, use_vault& c);
  void run(const exchange_ptr& x, manage_token& c);
  void run(const exchange_ptr& x, read_conversation& c);
  void run(const exchange_ptr& x, export_audit& c);
  void run(const exchange_ptr& x, change_mode& c);
  void run(const exchange_ptr& x, inject_fault& c);
  void run(const exchange_ptr& x, check_readiness& c);

  self_pointer self;
  gateway_args args;
  std::unordered_map<std::uint64_t, in_flight> waiting;
  std::uint64_t next_key = 1;
};

template <class Answer, class Handle, class Message>
void gateway_state::forward(const exchange_ptr& x,
                            const supervision::slot_ptr<Handle>& where,
                            Message message, render_of<Answer> render) {
  auto handle = where->get();
  if (!handle) {
    x->reply.answer(
        http::render_failure(x->what, where->unavailable(args.now())));
    return;
  }
  const auto key = wait(x, where);
  // Deadlines are swept: CAF never cancels the timeout of an answered request.
  expect<Answer>(self->request(*handle, caf::infinite, std::move(message)), key,
                 std::move(render));
}

template <class Answer, class Pending>
void gateway_state::expect(const Pending& pending, std::uint64_t key,
                           render_of<Answer> render) {
  pending.then(
      [=, this, render = std::move(render)](const Answer& answer) {
        if (auto answered = take(key))
          answered->reply.answer(render(answer));
      },
      [=, this](const caf::error& e) { fail(key, e); });
}

}  // namespace closedpaw::gateway
