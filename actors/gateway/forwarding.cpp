#include "actors/gateway/gateway_state.hpp"

namespace closedpaw::gateway {

void gateway_state::run(const exchange_ptr& x, submit_action& c) {
  const bool held = c.holds_change;
  forward<submitted>(x, args.orchestrator, asked(x, c),
                     [held](const submitted& s) {
                       return held ? http::render_held(s) : http::render(s);
                     });
}

void gateway_state::run(const exchange_ptr& x, run_chat& c) {
  if (c.stream) {
    run_stream(x, c);
    return;
  }
  forward<action_payload>(x, args.orchestrator, asked(x, c),
                          [form = c.form](const action_payload& a) {
                            return http::render_chat(*a, form);
                          });
}

void gateway_state::run(const exchange_ptr& x, switch_model& c) {
  forward<action_payload>(
      x, args.orchestrator, asked(x, c),
      [](const action_payload& a) { return http::render_switch(*a); });
}

void gateway_state::run(const exchange_ptr& x, decide_action& c) {
  forward<action_payload>(x, args.orchestrator, asked(x, c),
                          [yes = c.approved](const action_payload& a) {
                            return http::render_decision(*a, yes);
                          });
}

void gateway_state::run(const exchange_ptr& x, cancel_action& c) {
  forward<action_payload>(
      x, args.orchestrator, asked(x, c),
      [](const action_payload& a) { return http::render_cancelled(*a); });
}

void gateway_state::run(const exchange_ptr& x, get_action& c) {
  forward<action_payload>(x, args.reader, c, [](const action_payload& a) {
    return http::render(*a);
  });
}

void gateway_state::run(const exchange_ptr& x, list_actions& c) {
  forward<action_list_payload>(
      x, args.reader, c,
      [c](const action_list_payload& l) { return http::render(*l, c); });
}

void gateway_state::run(const exchange_ptr& x, read_audit& c) {
  forward<audit_page_payload>(
      x, args.reader, audit_query_payload{c.query},
      [c](const audit_page_payload& p) { return http::render(*p, c); });
}

void gateway_state::run(const exchange_ptr& x, read_conversation& c) {
  forward<conversation_payload>(
      x, args.reader, c,
      [](const conversation_payload& page) { return http::render(*page); });
}

}  // namespace closedpaw::gateway
