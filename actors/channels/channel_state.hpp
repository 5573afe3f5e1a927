#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <deque>
#include <map>
#include <optional>

#include "actors/channels/channel.hpp"
#include "actors/channels/policy/commands.hpp"
#include "actors/channels/policy/records.hpp"
#include "actors/channels/policy/seen.hpp"
#include "actors/channels/policy/transcript.hpp"

namespace closedpaw::channels {

/// An answer of the HTTP client on its way into the actor; process-local.
struct service_answer {
  std::uint64_t call = 0;
  result<http::client_response> outcome;
};
using service_answer_ptr = std::shared_ptr<service_answer>;

/// What happened to a WebSocket, on its way into the actor; process-local.
struct socket_news {
  enum class kind : std::uint8_t { opened, received, alive, ended };
  std::uint64_t socket = 0;
  kind what = kind::alive;
  std::string text{};
  codec::socket_end how{};
};
using socket_news_ptr = std::shared_ptr<socket_news>;

}  // namespace closedpaw::channels

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(closedpaw::channels::service_answer_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(closedpaw::channels::socket_news_ptr)

namespace closedpaw::channels {

/// What only these files send to the actor: answers, news of sockets, that the
/// service has something due (with the timer's number), that the next message
/// may be recorded, and that it is time to look around.
using internal_channel = channel_actor::extend<
    caf::reacts_to<service_answer_ptr>, caf::reacts_to<socket_news_ptr>,
    caf::reacts_to<wake_atom, std::uint64_t>, caf::reacts_to<start_atom>,
    caf::reacts_to<sweep_atom>>;

/// What is said to a user.
struct spoken {
  speaker from = speaker::system;
  std::string text{};
  /// There is none, and the text says why.
  bool failed = false;
};

/// What the stream hub knows them by.
std::string id_of_deltas(const uuid& question);

/// It was not recorded, and may be when it is tried again.
bool is_passing(const failure& why);

/// One method per thing that can happen; runs only in its own actor.
class channel_state {
 public:
  static constexpr const char* name = "channel";
  using self_pointer = supervision::self_ptr<internal_channel, channel_state>;

  explicit channel_state(self_pointer me) : self_{me} {}
  ~channel_state();

  internal_channel::behavior_type init(channel_args given);

 private:
  using response = result<http::client_response>;
  using text_promise = caf::typed_response_promise<std::string>;

  /// A request to the service.
  struct exchange {
    /// Nothing while the vault is asked.
    http::cancel_handle upstream;
    codec::secrets known;
  };
  using on_secrets = std::function<void(const result<codec::secrets>&)>;

  /// What became of a message that was to be recorded.
  using on_recorded = std::function<void(const result<void>&)>;

  struct owing {
    owed_reply reply;
    enum class stage : std::uint8_t { asking, saying, said } at = stage::asking;
    /// The orchestrator's, which was asked.
    std::uint64_t asked_life = 0;
    bool asked = false;
    /// Its end is being recorded.
    bool ending = false;
    spoken what{};
    /// What it becomes in the conversation.
    uuid turn_id{};
    /// Why it was not shown.
    std::optional<failure> unsaid{};
  };

  // -- connecting (channel.cpp) ----------------------------------------------
  void begin_after_earlier_life();
  void begin_life();
  /// Asks ourselves the same once this life has begun.
  template <class Question>
  caf::result<std::string> ask_again_later(const Question& q) {
    auto promise = self_->make_response_promise<std::string>();
    early_.push_back(
        {promise, [=, this]() mutable {
           self_
               ->request(caf::actor_cast<channel_actor>(self_),
                         longest_recording, q)
               .then([=](const std::string& x) mutable { promise.deliver(x); },
                     [=](const caf::error& e) mutable { promise.deliver(e); });
         }});
    return promise;
  }
  result<void> restore();
  caf::result<std::string> on_check();
  void run_effects();
  void run(codec::call x);
  void run(codec::hang_up x);
  void run(codec::read_back x);
  void run(codec::take_in x);
  void run(const codec::delivered_again& x);
  void run(const codec::proven& x);
  void run(const codec::troubled& x);
  void run(codec::obtained x);
  void run(const codec::said& x);
  void run(const codec::unsaid& x);
  /// Those of the names, from this run or else from the vault, for one use.
  void with_secrets(std::vector<std::string> names, codec::secrets known,
                    const on_secrets& then);
  std::vector<std::string> secrets_for(const http_request* what) const;
  void send(std::uint64_t id, http::client_request q,
            const codec::secrets& known);
  void answer(std::uint64_t id, response outcome);
  void set_timer();
  void sweep();
  void publish();
  void trouble(std::optional<channel_trouble>& in, const failure& why,
               std::optional<milliseconds> again_in);

  // -- WebSockets (sockets.cpp) ----------------------------------------------
  void run(codec::open_socket x);
  void run(codec::send_text x);
  void run(codec::close_socket x);
  void hear(const socket_news& x);

  /// Longer than the orchestrator takes for anything but a hang.
  static constexpr std::chrono::seconds longest_recording{10};
  static constexpr milliseconds sweep_interval{500};

  // -- asking (asking.cpp) ---------------------------------------------------
  void submit_chat(const incoming& message, const std::string& text);
  void look_up(const incoming& message, const owed_reply& reply,
               const failure& unheard);
  void decide(const incoming& message, const decide_command& what);
  void look_up_decision(const incoming& message, const decide_command& what,
                        const owed_reply& reply, const failure& why);

  // -- receiving (receiving.cpp) ---------------------------------------------
  void take_next();
  void take_one();
  bool is_worth_telling();
  void record_cursor();
  void handle(const incoming& message);
  void handle(const incoming& message, const command& what);
  void pair(const incoming& message);
  void refuse(const incoming& message, const char* why,
              std::optional<std::string> answer);
  void note(const incoming& message, const char* status, json details,
            std::optional<std::string> answer);
  void taken(const incoming& message, const result<void>& done,
             std::optional<owed_reply> reply);
  void try_later(const failure& why);
  void next();
  std::vector<registry_change> rows_of(const incoming& message,
                                       const std::optional<owed_reply>& reply);
  owed_reply reply_to(const incoming& message, std::optional<std::string> text);
  command_context context_of(const incoming& message,
                             std::vector<registry_change> with) const;
  std::string status_text(const incoming& message) const;

  // -- replying (replying.cpp) -----------------------------------------------
  caf::result<std::string> on_send(const ask<send_to_channel>& q);
  void owe(owed_reply reply);
  void pursue(const uuid& id);
  void say(owing& x, spoken what);
  void settle(const uuid& id);
  void commit(commit_unit unit, const on_recorded& done);

  // -- conversations (conversing.cpp) ----------------------------------------
  void keep(const incoming& message, const command& what);
  std::optional<turn> turn_of(owing& x);
  void said(const turn& x);
  json chat_parameters(const incoming& message, const std::string& text) const;
  std::string begin_deltas(const owed_reply& reply);
  void end_deltas(const uuid& question);
  caf::result<std::string> on_post(const ask<post_to_channel>& q);
  void refuse_post(const incoming& message);
  /// Whether it is done with.
  bool give_up_post(const incoming& message, const failure& why);
  void answer_post(const std::string& delivery);

  /// Replaced while it hung: what it still does must not count.
  bool abandoned() const {
    return self_->life().where->fenced(self_->life().number);
  }
  monotonic_time mono() const { return self_->clock().now(); }

  self_pointer self_;
  channel_args args_;
  channel_view view_;
  std::unique_ptr<codec::service> service_;
  std::optional<admission> admission_;
  std::optional<seen_messages> seen_;
  std::optional<transcript> transcript_;
  std::map<std::uint64_t, exchange> exchanges_;
  std::map<std::uint64_t, http::websocket> sockets_;
  std::uint64_t timer_ = 0;
  std::optional<monotonic_time> timer_at_;
  std::chrono::nanoseconds slept_{0};
  /// Issued by the service.
  codec::secrets session_secrets_;
  /// Whoever waits for the next exchange to prove or disprove the connection.
  std::vector<text_promise> checks_;

  /// Taken in and not recorded yet, oldest first.
  std::deque<incoming> inbox_;
  std::string cursor_;
  /// It came without a message that would bring it to the store.
  bool cursor_alone_ = false;
  /// The first one is being recorded, under this id for its answer; the same
  /// for each try, so that none is recorded twice.
  bool recording_ = false;
  uuid current_;
  /// What is kept of it.
  std::optional<turn> current_turn_;
  /// Why it was not, if somebody waits to hear that.
  std::optional<failure> post_refusal_;
  /// What was found about it the first time.
  std::optional<admittance> judged_;
  std::optional<bool> worth_telling_;
  /// What earlier lives recorded is known; until then, what is asked waits.
  bool begun_ = false;
  struct early_question {
    caf::typed_response_promise<std::string> promise;
    std::function<void()> ask;
  };
  std::vector<early_question> early_;
  bool taking_ = false;
  bool take_again_ = false;
  /// When it was last recorded that the service repeats itself.
  std::optional<monotonic_time> told_again_at_;
  /// The service waits to hear that everything is.
  bool reporting_ = false;
  bool retry_scheduled_ = false;
  std::map<uuid, owing> owed_;
  /// Whoever waits until what they sent is recorded.
  std::map<uuid, text_promise> sending_;
  /// The same for what local users post, by its delivery's id.
  std::map<std::string, text_promise> posting_;
  /// By the question whose answer is being written.
  std::map<uuid, std::shared_ptr<delta_sink>> deltas_;
};

}  // namespace closedpaw::channels
