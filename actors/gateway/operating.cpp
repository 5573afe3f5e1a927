#include "actors/gateway/gateway_state.hpp"

// What people who run it ask for, now and then.
namespace closedpaw::gateway {

void gateway_state::run(const exchange_ptr& x, read_proof& c) {
  forward<audit_proof_payload>(
      x, args.reader, c,
      [](const audit_proof_payload& p) { return http::render(*p); });
}

void gateway_state::run(const exchange_ptr& x, verify_log& c) {
  forward<audit_proof_payload>(
      x, args.verifier, c,
      [](const audit_proof_payload& p) { return http::render(*p); });
}

void gateway_state::run(const exchange_ptr& x, set_skill_enabled& c) {
  forward<skill_view>(
      x, args.orchestrator, asked(x, c),
      [](const skill_view& s) { return http::render_skill(s.id, s.enabled); });
}

void gateway_state::run(const exchange_ptr& x, set_default_provider& c) {
  forward<std::string>(x, args.orchestrator, asked(x, c),
                       [](const std::string& chosen) {
                         return http::render_default_provider(chosen);
                       });
}

void gateway_state::run(const exchange_ptr& x, register_provider& c) {
  forward<std::string>(
      x, args.orchestrator, asked(x, c),
      [](const std::string& who) { return http::render_registered(who); });
}

void gateway_state::run(const exchange_ptr& x, remove_provider& c) {
  forward<std::string>(
      x, args.orchestrator, asked(x, c),
      [](const std::string& who) { return http::render_removed(who); });
}

// An exchange with the vendor now; its failure is the answer's status.
void gateway_state::run(const exchange_ptr& x, check_provider& c) {
  auto where = args.providers->find(c.name);
  if (!where) {
    x->reply.answer(
        http::error_response({errc::not_found, "Provider not found", {}, {}}));
    return;
  }
  forward<std::string>(x, where, check_atom::value,
                       [who = c.name](const std::string& proof) {
                         return http::render_checked(who, proof);
                       });
}

void gateway_state::run(const exchange_ptr& x, inject_fault& c) {
  auto done = args.inject(c.path, c.kind);
  x->reply.answer(done ? http::render_fault(c)
                       : http::error_response(done.error()));
}

void gateway_state::run(const exchange_ptr& x, register_channel& c) {
  forward<std::string>(
      x, args.channel_router, asked(x, c),
      [](const std::string& who) { return http::render_channel(who); });
}

void gateway_state::run(const exchange_ptr& x, remove_channel& c) {
  forward<std::string>(
      x, args.channel_router, asked(x, c),
      [](const std::string& who) { return http::render_channel_removed(who); });
}

void gateway_state::run(const exchange_ptr& x, switch_channels& c) {
  const auto wanted = c;
  forward<std::uint32_t>(x, args.channel_router, asked(x, c),
                         [wanted](std::uint32_t concerned) {
                           return http::render_switched(wanted, concerned);
                         });
}

void gateway_state::run(const exchange_ptr& x, bind_channel_user& c) {
  const auto wanted = c;
  forward<std::string>(
      x, args.channel_router, asked(x, c),
      [wanted](const std::string&) { return http::render_bound(wanted); });
}

void gateway_state::run(const exchange_ptr& x, confirm_pairing& c) {
  forward<std::string>(
      x, args.channel_router, asked(x, c),
      [](const std::string& who) { return http::render_paired(who); });
}

// What both answer with: the message's id.
template <class Command>
void gateway_state::run_on_channel(const exchange_ptr& x, Command& c) {
  const auto which = c.channel;
  auto where = args.channels->find(which);
  if (!where) {
    x->reply.answer(http::error_response(
        {errc::unavailable,
         "channel " + which +
             " is stopped; start it first (POST /api/channels/start?name=" +
             which + ")",
         {},
         {}}));
    return;
  }
  forward<std::string>(x, where, asked(x, c), [which](const std::string& id) {
    return http::render_sent(which, id);
  });
}

void gateway_state::run(const exchange_ptr& x, send_to_channel& c) {
  run_on_channel(x, c);
}

void gateway_state::run(const exchange_ptr& x, post_to_channel& c) {
  run_on_channel(x, c);
}

void gateway_state::run(const exchange_ptr& x, create_agent& c) {
  forward<std::string>(x, args.agents, asked(x, c),
                       [live = args.live](const std::string& id) {
                         return http::render_agent_created(*live, id);
                       });
}

void gateway_state::run(const exchange_ptr& x, execute_in_agent& c) {
  forward<skill_outcome_payload>(
      x, args.agents, asked(x, c),
      [](const skill_outcome_payload& o) { return http::render(*o); });
}

void gateway_state::run(const exchange_ptr& x, stop_agent& c) {
  forward<std::string>(x, args.agents, asked(x, c),
                       [live = args.live](const std::string& id) {
                         return http::render_agent(*live, id);
                       });
}

void gateway_state::run(const exchange_ptr& x, pause_agent& c) {
  forward<std::string>(x, args.agents, asked(x, c),
                       [live = args.live](const std::string& id) {
                         return http::render_agent(*live, id);
                       });
}

void gateway_state::run(const exchange_ptr& x, check_isolation& c) {
  forward<std::string>(x, args.agents, asked(x, c),
                       [live = args.live](const std::string&) {
                         return http::render_isolation(*live);
                       });
}

void gateway_state::run(const exchange_ptr& x, silence_alerts& c) {
  forward<std::string>(x, args.alerts, asked(x, c), [](const std::string& id) {
    return http::render_silence(id);
  });
}

void gateway_state::run(const exchange_ptr& x, end_silence& c) {
  forward<std::string>(x, args.alerts, asked(x, c), [](const std::string& id) {
    return http::render_silence_ended(id);
  });
}

void gateway_state::run(const exchange_ptr& x, use_vault& c) {
  forward<std::string>(x, args.vault, asked(x, c), [](const std::string& text) {
    return http::render_vault(text);
  });
}

void gateway_state::run(const exchange_ptr& x, manage_token& c) {
  forward<std::string>(x, args.vault, asked(x, c), [](const std::string& text) {
    return http::render_vault(text);
  });
}

// Once the head of the answer is sent, the exporter has the stream.
void gateway_state::run(const exchange_ptr& x, export_audit& c) {
  if (!args.exporter->get()) {
    x->reply.answer(
        http::error_response(args.exporter->unavailable(args.now())));
    return;
  }
  auto place = args.export_seats->take();
  if (!place) {
    x->reply.answer(http::error_response(
        {errc::overloaded,
         "As many exports are being read as may be; end one, or read pages "
         "(GET /api/audit-logs)",
         std::chrono::seconds{5},
         {}}));
    return;
  }
  x->reply.answer(
      http::render_export([to = args.exporter, what = std::move(c),
                           place](std::shared_ptr<http::byte_stream> stream) {
        auto client =
            std::make_shared<export_stream>(what, std::move(stream), place);
        if (const auto handle = to->get())
          caf::anon_send(*handle, std::move(client));
      }));
}

void gateway_state::run(const exchange_ptr& x, change_mode& c) {
  forward<std::string>(x, args.orchestrator, asked(x, c),
                       [live = args.live](const std::string&) {
                         return http::render_mode(*live->mode.get());
                       });
}

}  // namespace closedpaw::gateway
