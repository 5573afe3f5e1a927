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
/// time to try a chat again, and the time to look at the queue.
using internal_actor = provider_actor::extend<
    caf::reacts_to<upstream_answer_ptr>, caf::reacts_to<sweep_atom>,
    caf::reacts_to<start_atom, std::uint64_t>, caf::reacts_to<start_atom>>;

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
  /// Called with the answer; knows what was asked.
  using continuation = std::function<void(response)>;
  using chat_promise = caf::typed_response_promise<chat_reply_payload>;

  /// One request to the vendor, and who goes on with its answer.
  struct exchange {
    continuation then;
    /// Nothing while the vault is asked for the key.
    http::cancel_handle upstream;
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
    std::shared_ptr<stream_pump> pump;
  };

  // -- exchanging (provider.cpp) ---------------------------------------------
  caf::result<std::string> on_check();
  void list_models(std::function<void(const result<std::size_t>&)> done);
  std::uint64_t fetch(codec::http_request what, milliseconds total,
                      std::shared_ptr<http::body_sink> sink, continuation then);
  void send(std::uint64_t id, http::client_request q);
  void answer(std::uint64_t id, response outcome);
  failure no_key(const failure& why) const;
  void schedule_probe();
  void succeeded(std::uint32_t latency_ms, const std::string& what);
  void failed(const failure& why, const std::string& what);
  void publish(bool was_ok, bool is_ok);

  // -- chatting (chatting.cpp) -----------------------------------------------
  caf::result<chat_reply_payload> on_chat(const chat_request_payload& q);
  void on_cancel(const uuid& action);
  void start_queued();
  void attempt(std::uint64_t id);
  void on_reply(std::uint64_t id, const std::string& model, response outcome);
  result<chat_reply> read_reply(chat& c, response outcome) const;
  void good(std::uint64_t id, const std::string& model, chat_reply reply);
  void bad(std::uint64_t id, const std::string& model, failure why);
  /// The vendor could not, refused us, or did what it is for.
  void judge(const std::string& model, const failure& why);
  void end(std::uint64_t id, const result<chat_reply>& outcome);
  circuit_breaker& circuit(const std::string& model);
  void show_circuits();
  failure circuit_open(const std::string& model, milliseconds wait) const;

  monotonic_time mono() const { return self_->clock().now(); }

  self_pointer self_;
  provider_args args_;
  provider_view view_;
  latency_window latencies_;
  std::uint64_t next_id_ = 1;
  std::map<std::uint64_t, exchange> exchanges_;
  std::map<std::uint64_t, chat> chats_;
  /// Chats that wait for a place, by age.
  std::deque<std::uint64_t> queue_;
  std::optional<admission> admission_;
  /// The queue will be looked at when the rate lets the next one go.
  bool waking_ = false;
  /// Of models with failures; a success closes and forgets.
  std::map<std::string, circuit_breaker> circuits_;
};

}  // namespace closedpaw::providers
