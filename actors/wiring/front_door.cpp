#include "actors/wiring/front_door.hpp"

#include <openssl/rand.h>

#include <array>

#include "actors/orchestrator/trust_change.hpp"
#include "http/routes/openai_wire.hpp"
#include "http/routes/render.hpp"
#include "messages/log.hpp"
#include "messages/model/hex.hpp"

namespace closedpaw::wiring {

namespace {

constexpr std::chrono::milliseconds grace{1500};
/// In an agent, whose own deadline comes first.
constexpr std::chrono::milliseconds longest_command{3'610'000};

bool waits_for_a_model(const command& c) {
  return std::holds_alternative<run_chat>(c);
}

/// Places beyond http.max_in_flight, for what must work when it is reached.
constexpr std::size_t reserved_places = 64;

bool is_vital(const command& c) {
  return std::holds_alternative<decide_action>(c) ||
         std::holds_alternative<cancel_action>(c) ||
         std::holds_alternative<check_readiness>(c);
}

scope_set scopes_for(http::access level) {
  scope_set out;
  switch (level) {
    case http::access::public_:
      break;
    case http::access::read:
      out.add(scope::read);
      break;
    case http::access::act:
      out.add(scope::act);
      break;
    case http::access::approve:
      out.add(scope::approve);
      break;
    case http::access::owner:
      out.add(scope::act);
      out.add(scope::approve);
      [[fallthrough]];
    case http::access::admin:
      out.add(scope::admin);
      break;
  }
  return out;
}

security::request_class class_of(const http::route* target) {
  using security::request_class;
  if (!target)
    return request_class::read;
  for (const char* vital :
       {"/healthz", "/readyz", "/metrics", "/api/actions/pending"})
    if (target->pattern == vital)
      return request_class::vital;
  switch (target->level) {
    case http::access::act:
      return request_class::act;
    case http::access::approve:
      return request_class::approve;
    case http::access::admin:
    case http::access::owner:
      return request_class::admin;
    default:
      return request_class::read;
  }
}

security::request_rate rate_of(const config::limit_settings& from,
                               security::request_class what) {
  using security::request_class;
  auto limit = from.read;
  if (what == request_class::act)
    limit = from.act;
  else if (what == request_class::approve)
    limit = from.approve;
  else if (what == request_class::admin)
    limit = from.admin;
  return {limit.per_second, limit.burst};
}

failure too_often(const security::rate_verdict& x) {
  // What is vital has a bucket of its own, and the rate of what is read.
  const std::string what{
      x.what == security::request_class::vital ? "read" : to_string(x.what)};
  return {errc::too_many_requests,
          "More than " + std::to_string(x.limit.per_second) +
              " requests a second of the kind \"" + what +
              "\"; try again later, or raise security.limits." + what +
              "_per_second",
          x.retry_after,
          {}};
}

void log_request(const http::request& r) {
  if (log::enabled("http", log::level::debug))
    log::write("http", log::level::debug,
               std::string{http::to_string(r.verb)} + ' ' + r.path,
               {{"request_id", r.id}, {"peer", r.peer.id}});
}

}  // namespace

front_door::front_door(std::vector<http::route> routes, const live_state& live,
                       const settings_keeper& settings,
                       supervision::slot_ptr<gateway_actor> gateway,
                       std::function<std::uint64_t()> in_flight,
                       defer_function defer, limited_function limited,
                       refused_function refused)
    : router_{std::move(routes)},
      live_{live},
      settings_{settings},
      gateway_{std::move(gateway)},
      in_flight_{std::move(in_flight)},
      defer_{std::move(defer)},
      limited_{std::move(limited)},
      refused_{std::move(refused)} {
  // nop
}

std::optional<http::response> front_door::handle(http::request&& r,
                                                 http::reply_slot& reply) {
  log_request(r);
  auto match = router_.find(r);
  const auto* found_route = std::get_if<http::route_match>(&match);
  const auto* target = found_route ? found_route->target : nullptr;
  if (target)
    reply.set_route(target->pattern);
  if (auto refusal = admit(r, target))
    return refusal;
  if (auto refusal = limit(r, target, reply))
    return refusal;
  if (auto* refusal = std::get_if<http::response>(&match))
    return std::move(*refusal);
  const auto& [route, params] = *found_route;
  auto found = route->handle(r, params, live_);
  if (auto* answer = std::get_if<http::response>(&found))
    return std::move(*answer);
  auto& what = std::get<command>(found);
  if (settings_.current()->security.strict)
    if (auto refusal = hold(what))
      return http::render_failure(what, *refusal);
  if (!gateway_->get())
    return http::render_failure(what, gateway_->unavailable(live_.now()));
  const auto limit = settings_.current()->http.max_in_flight;
  if (in_flight_() > limit + (is_vital(what) ? reserved_places : 0))
    return http::render_failure(
        what, {errc::overloaded,
               std::to_string(limit) + " requests are in flight, which is "
                                       "http.max_in_flight; try again",
               std::chrono::milliseconds{1000},
               {}});
  auto x = std::make_shared<exchange>();
  x->what = std::move(what);
  x->context = {std::move(r.peer), std::move(r.id), std::move(r.traceparent)};
  x->deadline = std::chrono::steady_clock::now() + deadline_for(x->what);
  x->reply = std::move(reply);
  if (!arrived_) {
    arrived_ = std::make_shared<std::vector<exchange_ptr>>();
    defer_([this] { hand_over(); });
  }
  arrived_->push_back(std::move(x));
  return std::nullopt;
}

// What widens trust waits like an action, since it becomes one.
std::optional<failure> front_door::hold(command& what) {
  auto parameters = orchestrator::trust_parameters(what);
  if (!parameters)
    return parameters.error();
  if (*parameters) {
    submit_action instead;
    instead.request = {action_type::config_change, std::move(**parameters),
                       std::nullopt};
    instead.holds_change = true;
    what = std::move(instead);
  }
  return std::nullopt;
}

// What is public shows nothing of anybody's; a route that is not there is no
// secret either, and still none of theirs to look for.
std::optional<http::response> front_door::admit(http::request& r,
                                                const http::route* target) {
  const auto needed = target ? scopes_for(target->level) : scope_set{};
  const auto tokens = live_.tokens.get();
  auto seen = security::identify(
      {r.header_value("authorization"), r.header_value("cookie"), r.local},
      r.peer, *tokens, logins_, live_.now());
  if (!seen) {
    if (target && needed.empty())
      return std::nullopt;
    return turned_away(r, seen.error());
  }
  r.peer = std::move(seen->who);
  r.scopes = seen->scopes;
  r.token_id = std::move(seen->token_id);
  const auto why = security::refuse_scope({r.peer, r.scopes, {}}, needed);
  if (!why)
    return std::nullopt;
  return r.path.starts_with("/v1/") ? http::openai_error(*why)
                                    : http::error_response(*why);
}

// Guessing 256 bits is hopeless; the log is not to be filled with it.
http::response front_door::turned_away(const http::request& r,
                                       const failure& why) {
  refused_(r, why,
           strangers_.refused(r.peer.id, std::chrono::steady_clock::now()));
  auto answer = r.path.starts_with("/v1/") ? http::openai_error(why)
                                           : http::error_response(why);
  // RFC 6750, 3.
  answer.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"closedpaw\"");
  return answer;
}

result<std::string> front_door::log_in(const std::string& token_id) {
  std::array<unsigned char, 32> bits{};
  if (RAND_bytes(bits.data(), static_cast<int>(bits.size())) != 1)
    return failure{errc::internal, "OpenSSL has no random bytes", {}, {}};
  auto cookie = to_hex(std::string_view{
      reinterpret_cast<const char*>(bits.data()), bits.size()});
  logins_.begin(cookie, token_id, live_.now());
  return cookie;
}

std::optional<http::response> front_door::limit(const http::request& r,
                                                const http::route* target,
                                                http::reply_slot& reply) {
  const auto settings = settings_.current();
  if (!settings->limits.enabled)
    return std::nullopt;
  const auto what = class_of(target);
  // Of IPv6 a subscriber has a network of addresses.
  const auto seen = limiter_.take(rate_of(settings->limits, what),
                                  security::network_name(r.peer.id), what,
                                  std::chrono::steady_clock::now());
  reply.add_fields(security::header_lines(seen));
  if (!seen.retry_after)
    return std::nullopt;
  limited_(r, seen);
  return r.path.starts_with("/v1/") ? http::openai_error(too_often(seen))
                                    : http::error_response(too_often(seen));
}

void front_door::hand_over() {
  auto batch = std::exchange(arrived_, nullptr);
  if (auto handle = gateway_->get()) {
    caf::anon_send(*handle, std::move(batch));
    return;
  }
  for (auto& x : *batch)
    x->reply.answer(
        http::render_failure(x->what, gateway_->unavailable(live_.now())));
}

std::chrono::milliseconds front_door::deadline_for(const command& c) const {
  const auto s = settings_.current();
  if (std::holds_alternative<execute_in_agent>(c) ||
      std::holds_alternative<verify_log>(c))
    return longest_command;
  return waits_for_a_model(c) ? s->http.chat_timeout : s->http.request_timeout;
}

std::chrono::milliseconds front_door::session_deadline(
    http::method, std::string_view path) const {
  const auto s = settings_.current();
  if ((path.starts_with("/api/agents/") && path.ends_with("/execute")) ||
      path == "/api/audit-logs/verify")
    return grace + longest_command;
  const bool chat =
      path.starts_with("/api/chat") || path.starts_with("/v1/chat");
  return grace + (chat ? s->http.chat_timeout : s->http.request_timeout);
}

}  // namespace closedpaw::wiring
