#include "actors/channels/codec/discord.hpp"

#include "actors/channels/codec/discord_cursor.hpp"
#include "actors/channels/codec/discord_wire.hpp"
#include "actors/channels/codec/sender.hpp"
#include "actors/channels/codec/short_lives.hpp"
#include "messages/model/channel.hpp"

namespace closedpaw::channels::codec::discord {

namespace {

using namespace std::chrono_literals;

constexpr milliseconds network_time = 10s;
/// From the WebSocket's opening to the gateway's hello.
constexpr milliseconds hello_within = 20s;
/// So many of them in a row: the session is given up; twice as many: slowly.
constexpr std::uint32_t many_short_lives = 5;
/// An application code; with 1000 the session would be over.
constexpr std::uint16_t going_to_resume = 4900;

http_request part_request(const outgoing& message, std::string_view part,
                          std::size_t index, bool refers) {
  return create_message(message, part, index, refers);
}

constexpr sending_rules rules{longest_text, part_request, parse_created,
                              is_about_reference, pause_after};

class gateway_client final : public service {
 public:
  explicit gateway_client(service_options options)
      : options_{std::move(options)},
        ask_{outwards(options_.chance), false},
        sender_{rules, outwards(options_.chance), network_time} {}

  void start(std::string_view cursor, monotonic_time now) override {
    cursor_ = cursor_from(cursor);
    connect(now);
  }

  void answered(std::uint64_t call, result<http_reply> reply,
                monotonic_time now) override {
    if (sender_.answered(call, reply, now) || !ask_.takes(call))
      return;
    if (reads_missed_)
      take_missed(reply, now);
    else
      take_gateway(reply, now);
  }

  void recorded(monotonic_time) override {}

  void resumed(monotonic_time now) override {
    drop_socket();
    connect(now);
    sender_.resumed(now);
  }

  void say(outgoing message, monotonic_time now) override {
    sender_.say(std::move(message), now);
  }

  void opened(std::uint64_t socket, monotonic_time now) override {
    if (socket != socket_)
      return;
    opened_at_ = now;
    hello_due_ = now + hello_within;
  }

  void received(std::uint64_t socket, std::string_view text,
                monotonic_time now) override {
    if (socket != socket_)
      return;
    const auto x = parse_payload(text);
    if (!x)
      return lost({errc::upstream_malformed,
                   "Discord's gateway sent what is not its protocol",
                   {},
                   {}},
                  now);
    if (x->sequence)
      cursor_.sequence = *x->sequence;
    handle(*x, now);
  }

  void closed(std::uint64_t socket, const socket_end& how,
              monotonic_time now) override {
    if (socket != socket_)
      return;
    socket_ = 0;
    switch (meaning_of(how.code)) {
      case closed_how::for_good:
        forget_session();
        return lost(refusal_of(*how.code), now);
      case closed_how::new_session:
        forget_session();
        break;
      case closed_how::may_resume:
        break;
    }
    auto why = how.why;
    if (how.code)
      why.message += " (" + std::to_string(*how.code) +
                     (how.reason.empty() ? "" : ' ' + how.reason) + ')';
    lost(why, now);
  }

  void tick(monotonic_time now) override {
    if (again_at_ && *again_at_ <= now) {
      again_at_.reset();
      connect(now);
    }
    if (ask_.is_due(now))
      ask_again(now);
    if (hello_due_ && *hello_due_ <= now)
      lost(
          {errc::timeout, "Discord's gateway did not greet us in time", {}, {}},
          now);
    if (beat_at_ && *beat_at_ <= now)
      beat(now);
    sender_.tick(now);
  }

  std::optional<monotonic_time> wakes_at() const override {
    return earlier(earlier(earlier(again_at_, ask_.wakes_at()),
                           earlier(hello_due_, beat_at_)),
                   sender_.wakes_at());
  }

 private:
  // -- connecting ------------------------------------------------------------

  void connect(monotonic_time now) {
    if (socket_ != 0 || ask_.is_asking())
      return;
    again_at_.reset();
    reads_missed_ = false;
    if (!cursor_.session.empty() && !cursor_.resume_url.empty())
      open(cursor_.resume_url);
    else
      ask_.begin(get_gateway(), network_time, network_time / 2, now);
  }

  void open(const std::string& url) {
    socket_ = next_socket();
    opened_at_.reset();
    auto whole = url;
    if (!whole.ends_with('/'))
      whole += '/';
    emit(open_socket{socket_, whole + "?v=10&encoding=json"});
  }

  void take_gateway(const result<http_reply>& reply, monotonic_time now) {
    const auto where =
        reply ? parse_gateway(*reply) : result<gateway>{reply.error()};
    if (!where)
      return ask_.failed(where.error(), now);
    ask_.succeeded();
    if (where->remaining == 0)
      return ask_.failed({errc::too_many_requests,
                          "Discord allows no more sessions today",
                          where->reset_after,
                          {}},
                         now);
    open(where->url);
  }

  void ask_again(monotonic_time now) {
    if (ask_.is_asking())
      ask_.failed({errc::timeout, "Discord did not answer in time", {}, {}},
                  now);
    else if (reads_missed_)
      ask_missed(now);
    else
      connect(now);
  }

  void drop_socket() {
    // What is missed is read once there is a session again.
    ask_.hang_up();
    if (socket_ != 0)
      emit(close_socket{std::exchange(socket_, 0), going_to_resume});
    hello_due_.reset();
    beat_at_.reset();
    awaits_ack_ = false;
    established_ = false;
  }

  void forget_session() {
    cursor_.session.clear();
    cursor_.resume_url.clear();
    cursor_.sequence = 0;
  }

  // Resuming again and again what ends at once helps nobody.
  void lost(failure why, monotonic_time now) {
    drop_socket();
    // One that never opened says nothing about the session.
    if (opened_at_ && breaker_.ended(*opened_at_, now))
      wait_.succeeded();
    opened_at_.reset();
    if (breaker_.count() >= many_short_lives)
      forget_session();
    breaker_.slow_down(why, 2 * many_short_lives);
    const auto wait = wait_.failed(why, options_.chance());
    again_at_ = now + wait;
    emit(troubled{why, wait, false});
  }

  // -- the gateway -----------------------------------------------------------

  void handle(const payload& x, monotonic_time now) {
    switch (static_cast<opcode>(x.op)) {
      case opcode::hello:
        return take_hello(x, now);
      case opcode::heartbeat:
        return emit(send_text{socket_, heartbeat(sequence()), false});
      case opcode::heartbeat_ack:
        awaits_ack_ = false;
        if (established_)
          emit(proven{"a heartbeat was acknowledged"});
        return;
      case opcode::reconnect:
        return lost({errc::unreachable,
                     "Discord's gateway asked us to reconnect",
                     {},
                     {}},
                    now);
      case opcode::invalid_session:
        if (!x.data.is_boolean() || !x.data.get<bool>())
          forget_session();
        return lost({errc::unreachable,
                     "Discord's gateway does not know our session any more",
                     1s,
                     {}},
                    now);
      case opcode::dispatch:
        return dispatch(x, now);
      default:
        return;
    }
  }

  std::optional<std::uint64_t> sequence() const {
    return cursor_.sequence == 0 ? std::nullopt
                                 : std::optional{cursor_.sequence};
  }

  void take_hello(const payload& x, monotonic_time now) {
    // The next thing that is due is that it knows us.
    hello_due_ = now + hello_within;
    const auto it = x.data.find("heartbeat_interval");
    const auto interval = it != x.data.end() && it->is_number_unsigned()
                              ? it->get<std::uint64_t>()
                              : 0;
    constexpr std::uint64_t shortest_ms = 100;
    constexpr std::uint64_t longest_ms = 600'000;
    if (interval < shortest_ms || interval > longest_ms)
      return lost({errc::upstream_malformed,
                   "Discord's gateway said hello without a heartbeat interval",
                   {},
                   {}},
                  now);
    interval_ = milliseconds{interval};
    awaits_ack_ = false;
    // The first one is spread ("Sending Heartbeats").
    beat_at_ = now + milliseconds{static_cast<milliseconds::rep>(
                         options_.chance() * static_cast<double>(interval))};
    emit(send_text{socket_,
                   cursor_.session.empty()
                       ? identify()
                       : resume(cursor_.session, cursor_.sequence),
                   true});
  }

  void beat(monotonic_time now) {
    if (awaits_ack_)
      return lost({errc::timeout,
                   "Discord's gateway did not acknowledge a heartbeat",
                   {},
                   {}},
                  now);
    awaits_ack_ = true;
    beat_at_ = now + interval_;
    emit(send_text{socket_, heartbeat(sequence()), false});
  }

  void dispatch(const payload& x, monotonic_time now) {
    if (x.event == "READY")
      return take_ready(x, now);
    if (x.event == "RESUMED") {
      emit(proven{"the session was resumed"});
      established_ = true;
      hello_due_.reset();
      if (!cursor_.missed.empty())
        ask_missed(now);
      return;
    }
    if (x.event != "MESSAGE_CREATE")
      return;
    if (auto message = parse_message(x.data, cursor_.own_id))
      hand_on({std::move(*message)});
  }

  void take_ready(const payload& x, monotonic_time now) {
    const auto text = [&](const json& from, const char* name) {
      const auto it = from.find(name);
      return it != from.end() && it->is_string() ? it->get<std::string>()
                                                 : std::string{};
    };
    cursor_.session = text(x.data, "session_id");
    cursor_.resume_url = text(x.data, "resume_gateway_url");
    if (const auto user = x.data.find("user"); user != x.data.end())
      cursor_.own_id = text(*user, "id");
    emit(proven{"the gateway is ready"});
    established_ = true;
    hello_due_.reset();
    // What was said while no session held, also if this process ends meanwhile.
    cursor_.miss_all();
    hand_on({});
    if (!cursor_.missed.empty())
      ask_missed(now);
  }

  void ask_missed(monotonic_time now) {
    reads_missed_ = true;
    const auto& [conversation, after] = cursor_.missed.front();
    ask_.begin(get_messages(conversation, after), network_time,
               network_time / 2, now);
  }

  void take_missed(const result<http_reply>& reply, monotonic_time now) {
    auto found = reply ? parse_messages(*reply, cursor_.own_id)
                       : result<page>{reply.error()};
    if (!found && found.error().code != errc::forbidden &&
        found.error().code != errc::not_found)
      return ask_.failed(found.error(), now);
    ask_.succeeded();
    const bool more = found && found->count >= full_page;
    if (more)
      cursor_.missed.front().second = found->last_id;
    else
      cursor_.missed.pop_front();
    if (found) {
      // This answer does not say it, and nobody approves by what was late.
      for (auto& message : found->messages)
        message.is_private = false;
      // All at once: that the page was read is recorded with its last message.
      hand_on(std::move(found->messages));
    }
    reads_missed_ = !cursor_.missed.empty();
    if (reads_missed_)
      ask_missed(now);
  }

  void hand_on(std::vector<incoming> messages) {
    for (const auto& x : messages)
      cursor_.note(x.conversation, x.id);
    emit(take_in{std::move(messages), to_text(cursor_)});
  }

  service_options options_;
  session_cursor cursor_;
  std::uint64_t socket_ = 0;
  std::optional<monotonic_time> opened_at_;
  std::optional<monotonic_time> hello_due_;
  std::optional<monotonic_time> beat_at_;
  std::optional<monotonic_time> again_at_;
  milliseconds interval_{0};
  bool awaits_ack_ = false;
  short_lives breaker_;
  backoff wait_;
  /// The gateway said READY or RESUMED.
  bool established_ = false;
  /// That is what is asked now, and not where the gateway is.
  bool reads_missed_ = false;
  lane ask_;
  sender sender_;
};

}  // namespace

std::unique_ptr<service> make(service_options options) {
  return std::make_unique<gateway_client>(std::move(options));
}

}  // namespace closedpaw::channels::codec::discord
