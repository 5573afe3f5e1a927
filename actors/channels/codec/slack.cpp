#include "actors/channels/codec/slack.hpp"

#include <algorithm>

#include "actors/channels/codec/sender.hpp"
#include "actors/channels/codec/short_lives.hpp"
#include "actors/channels/codec/slack_wire.hpp"
#include "messages/model/channel.hpp"

namespace closedpaw::channels::codec::slack {

namespace {

using namespace std::chrono_literals;

constexpr milliseconds network_time = 10s;
constexpr milliseconds hello_within = 20s;
constexpr std::uint32_t many_short_lives = 10;
constexpr std::uint16_t normal_closure = 1000;

http_request part_request(const outgoing& message, std::string_view part,
                          std::size_t, bool) {
  return post_message(message, part);
}

constexpr sending_rules rules{longest_text, part_request, parse_posted, nullptr,
                              nullptr};

class socket_mode final : public service {
 public:
  explicit socket_mode(service_options options)
      : options_{std::move(options)},
        ask_{outwards(options_.chance), false},
        sender_{rules, outwards(options_.chance), network_time} {}

  void start(std::string_view, monotonic_time now) override { connect(now); }

  void answered(std::uint64_t call, result<http_reply> reply,
                monotonic_time now) override {
    if (sender_.answered(call, reply, now) || !ask_.takes(call))
      return;
    const auto url =
        reply ? parse_connection(*reply) : result<std::string>{reply.error()};
    if (!url)
      return ask_.failed(url.error(), now);
    ask_.succeeded();
    next_ = next_socket();
    hello_due_ = now + hello_within;
    emit(open_socket{next_, *url});
  }

  void recorded(monotonic_time) override {
    for (const auto& [socket, id] : std::exchange(unacknowledged_, {}))
      if (socket == current_ || socket == old_)
        emit(send_text{socket, acknowledgement(id), false});
    close_old();
  }

  void resumed(monotonic_time now) override {
    drop_all();
    connect(now);
    sender_.resumed(now);
  }

  void say(outgoing message, monotonic_time now) override {
    sender_.say(std::move(message), now);
  }

  void opened(std::uint64_t, monotonic_time) override {}

  void alive(std::uint64_t socket, monotonic_time) override {
    if (socket == current_ && socket != 0)
      emit(proven{"a ping was answered"});
  }

  void received(std::uint64_t socket, std::string_view text,
                monotonic_time now) override {
    if (socket == 0 ||
        (socket != current_ && socket != next_ && socket != old_))
      return;
    auto x = parse_envelope(text);
    if (!x)
      return;
    switch (x->kind) {
      case envelope_kind::hello:
        return take_hello(socket, now);
      case envelope_kind::disconnect:
        return take_disconnect(socket, *x, now);
      case envelope_kind::event:
      case envelope_kind::other:
        break;
    }
    emit(proven{"an envelope came"});
    if (x->message) {
      unacknowledged_.emplace_back(socket, x->id);
      take_in news;
      news.messages.push_back(std::move(*x->message));
      emit(std::move(news));
    } else if (!x->id.empty()) {
      emit(send_text{socket, acknowledgement(x->id), false});
    }
  }

  void closed(std::uint64_t socket, const socket_end& how,
              monotonic_time now) override {
    std::erase_if(unacknowledged_,
                  [&](const auto& x) { return x.first == socket; });
    if (socket == old_) {
      old_ = 0;
      return;
    }
    if (socket == next_)
      next_ = 0;
    else if (socket == current_)
      current_ = 0;
    else
      return;
    auto why = how.why;
    if (how.code)
      why.message += " (" + std::to_string(*how.code) + ')';
    lost(why, now);
  }

  void tick(monotonic_time now) override {
    if (again_at_ && *again_at_ <= now) {
      again_at_.reset();
      connect(now);
    }
    if (ask_.is_due(now)) {
      if (ask_.is_asking())
        ask_.failed({errc::timeout, "Slack did not answer in time", {}, {}},
                    now);
      else
        connect(now);
    }
    if (hello_due_ && *hello_due_ <= now)
      lost({errc::timeout, "Slack's connection said no hello", {}, {}}, now);
    sender_.tick(now);
  }

  std::optional<monotonic_time> wakes_at() const override {
    return earlier(earlier(again_at_, ask_.wakes_at()),
                   earlier(hello_due_, sender_.wakes_at()));
  }

 private:
  void connect(monotonic_time now) {
    again_at_.reset();
    if (next_ == 0 && !ask_.is_asking())
      ask_.begin(open_connection(), network_time, network_time / 2, now);
  }

  void take_hello(std::uint64_t socket, monotonic_time now) {
    if (socket != next_)
      return;
    hello_due_.reset();
    next_ = 0;
    close_old();
    old_ = std::exchange(current_, socket);
    since_ = now;
    emit(proven{"Slack said hello"});
    // What came over the old one is acknowledged there first.
    if (std::ranges::none_of(unacknowledged_,
                             [this](const auto& x) { return x.first == old_; }))
      close_old();
  }

  void take_disconnect(std::uint64_t socket, const envelope& x,
                       monotonic_time now) {
    if (x.reason == "link_disabled") {
      drop_all();
      return lost({errc::forbidden,
                   "Socket Mode is switched off for the app; switch it on in "
                   "Slack's settings",
                   {},
                   {}},
                  now);
    }
    if (socket == current_)
      connect(now);
  }

  void close_old() {
    if (old_ != 0)
      emit(close_socket{std::exchange(old_, 0), normal_closure});
  }

  void drop_all() {
    for (auto* socket : {&current_, &next_, &old_})
      if (*socket != 0)
        emit(close_socket{std::exchange(*socket, 0), normal_closure});
    unacknowledged_.clear();
    hello_due_.reset();
  }

  void lost(failure why, monotonic_time now) {
    hello_due_.reset();
    if (next_ != 0)
      emit(close_socket{std::exchange(next_, 0), normal_closure});
    if (breaker_.ended(since_.value_or(now), now))
      wait_.succeeded();
    since_.reset();
    breaker_.slow_down(why, many_short_lives);
    const auto wait = wait_.failed(why, options_.chance());
    again_at_ = now + wait;
    // The present connection may still serve.
    if (current_ == 0)
      emit(troubled{why, wait, false});
  }

  service_options options_;
  /// The one that serves, the one that will, and the one that did.
  std::uint64_t current_ = 0;
  std::uint64_t next_ = 0;
  std::uint64_t old_ = 0;
  std::optional<monotonic_time> since_;
  std::optional<monotonic_time> hello_due_;
  std::optional<monotonic_time> again_at_;
  short_lives breaker_;
  backoff wait_;
  std::vector<std::pair<std::uint64_t, std::string>> unacknowledged_;
  lane ask_;
  sender sender_;
};

}  // namespace

std::unique_ptr<service> make(service_options options) {
  return std::make_unique<socket_mode>(std::move(options));
}

}  // namespace closedpaw::channels::codec::slack
