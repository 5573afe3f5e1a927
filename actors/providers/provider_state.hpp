#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <deque>
#include <map>

#include "actors/providers/policy/admission.hpp"
#include "actors/providers/policy/circuit_breaker.hpp"
#include "actors/providers/policy/latency_window.hpp"
#include "actors/providers/policy/retry_policy.hpp"
#include "actors/providers/provider.hpp"
#include "actors/providers/stream_pump.hpp"

namespace closedpaw::providers {

/// An answer of the HTTP client on its way into the actor; process-local.
struct upstream_answer {
  std::uint64_t exchange = 0;
  result<http::client_response> outcome;
};
using upstream_answer_ptr = std::shared_ptr<upstream_answer>;

}  // namespace closedpaw::providers

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(closedpaw::providers::upstream_answer_ptr)

namespace closedpaw::providers {

/// What only these files send to the actor: answers, the time to probe, the
/// time to try a chat again, that a place is free, that the rate lets the next
/// one go, and that a chat waited for too long.
using internal_actor = provider_actor::extend<
    caf::reacts_to<upstream_answer_ptr>, caf::reacts_to<sweep_atom>,
    caf::reacts_to<start_atom, std::uint64_t>, caf::reacts_to<start_atom>,
    caf::reacts_to<wake_atom>, caf::reacts_to<expire_atom, std::uint64_t>,
    caf::reacts_to<apply_atom>>;

/// One method per thing that can happen; runs only in its own actor.
class provider_state {
 public:
  static constexpr const char* name = "provider";
  using self_pointer = supervision::self_ptr<internal_actor, provider_state>;

  explicit provider_state(self_pointer me) : self_{me} {}
  ~provider_state();

  internal_actor::behavior_type init(provider_args given);

 private:
  using response = result<http::client_response>;
  /// Called with the answer; knows what was asked. No failure may repeat the
  /// key that it was asked with.
  using continuation = std::function<void(response, const secret_text& key)>;
  using chat_promise = caf::typed_response_promise<chat_reply_payload>;

  /// One request to the vendor, and who goes on with its answer.
  struct exchange {
    continuation then;
    /// Nothing while the vault is asked for the key.
    http::cancel_handle upstream;
    secret_text key;
    bool cancelled = false;
  };

  struct chat {
    chat_request_payload request;
    chat_promise promise;
    monotonic_time deadline;
    monotonic_time begun{};
    std::vector<chat_attempt> failed;
    /// Under way; 0 while it waits for a place or for its next try.
    std::uint64_t exchange = 0;
    bool admitted = false;
    bool cancelled = false;
    /// Goes while the model's circuit is half open.
    bool probes = false;
    /// Of a streamed one; the pump is the present try's.
    std::shared_ptr<delta_sink> reader;
    std::shared_ptr<stream_pump> pump;

    bool is_partial() const { return pump && pump->showed_something(); }
  };

  // -- exchanging (provider.cpp) ---------------------------------------------
  caf::result<std::string> on_check();
  void list_models(const std::function<void(const result<std::size_t>&)>& done);
  void take_models(std::vector<model_info> models);
  void describe_models(std::size_t from, std::uint64_t listing);
  std::uint64_t fetch(http_request what, milliseconds total,
                      std::shared_ptr<http::body_sink> sink, continuation then);
  void send(std::uint64_t id, http::client_request q, secret_text key);
  void answer(std::uint64_t id, response outcome);
  failure no_key(const failure& why) const;
  void schedule_probe();
  void probe_soon();
  void succeeded(std::uint32_t latency_ms, const std::string& what);
  void failed(const failure& why, const std::string& what);
  void publish(bool was_ok, bool is_ok);

  // -- chatting (chatting.cpp) -----------------------------------------------
  caf::result<chat_reply_payload> on_chat(const chat_request_payload& q);
  void on_cancel(const uuid& action);
  void start_queued();
  void expire(std::uint64_t id);
  void attempt(std::uint64_t id);
  bool prepare_stream(std::uint64_t id, chat& c);
  void on_reply(std::uint64_t id, response outcome, const secret_text& key);
  result<chat_reply> read_reply(chat& c, response outcome) const;
  void good(std::uint64_t id, chat_reply reply);
  void bad(std::uint64_t id, failure why);
  /// The vendor could not, refused us, or did what it is for.
  void judge(const chat& c, const failure& why);
  void end(std::uint64_t id, const result<chat_reply>& outcome);
  void show_load();
  void tell_call(const chat& c, std::string_view code,
                 const chat_reply& reply) const;
  circuit_breaker& circuit(const std::string& model);
  void show_circuits();
  failure circuit_open(const std::string& model, milliseconds wait) const;
  failure waited_too_long() const;

  monotonic_time mono() const { return self_->clock().now(); }

  self_pointer self_;
  provider_args args_;
  provider_view view_;
  latency_window latencies_;
  std::uint64_t next_id_ = 1;
  /// Lists that came so far.
  std::uint64_t listings_ = 0;
  std::map<std::uint64_t, exchange> exchanges_;
  std::map<std::uint64_t, chat> chats_;
  /// Chats that wait for a place, by age.
  std::deque<std::uint64_t> queue_;
  std::optional<admission> admission_;
  /// The queue will be looked at when the rate lets the next one go.
  bool waking_ = false;
  bool probing_soon_ = false;
  /// Of models with failures; a success closes and forgets.
  std::map<std::string, circuit_breaker> circuits_;
};

}  // namespace closedpaw::providers
