#include "actors/channels/codec/telegram.hpp"

#include <algorithm>
#include <charconv>

#include "actors/channels/codec/poll_times.hpp"
#include "actors/channels/codec/sender.hpp"
#include "actors/channels/codec/telegram_wire.hpp"
#include "messages/model/channel.hpp"

namespace closedpaw::channels::codec::telegram {

namespace {

using namespace std::chrono_literals;

http_request part_request(const outgoing& message, std::string_view part,
                          std::size_t, bool formatted) {
  return send_message(message, part, formatted);
}

constexpr sending_rules rules{longest_text, part_request, parse_sent,
                              is_about_formatting, nullptr};

class poller final : public service {
 public:
  explicit poller(service_options options)
      : options_{std::move(options)},
        times_{options_.poll_timeout},
        poll_{outwards(options_.chance), false},
        sender_{rules, outwards(options_.chance), times_.network} {}

  void start(std::string_view cursor, monotonic_time now) override {
    // "OFFSET@BOT": another bot counts otherwise.
    const auto at = std::min(cursor.find('@'), cursor.size());
    std::from_chars(cursor.data(), cursor.data() + at, offset_);
    if (at < cursor.size())
      counted_by_ = cursor.substr(at + 1);
    unproven_ = true;
    poll(now);
  }

  void answered(std::uint64_t call, result<http_reply> reply,
                monotonic_time now) override {
    if (sender_.answered(call, reply, now) || !poll_.takes(call))
      return;
    if (name_.empty())
      take_name(reply, now);
    else
      take_updates(reply, now);
  }

  void recorded(monotonic_time now) override {
    if (!std::exchange(recording_, false))
      return;
    offset_ = next_offset_;
    poll(now);
  }

  void resumed(monotonic_time now) override {
    poll_.hang_up();
    unproven_ = true;
    poll(now);
    sender_.resumed(now);
  }

  void say(outgoing message, monotonic_time now) override {
    sender_.say(std::move(message), now);
  }

  void tick(monotonic_time now) override {
    if (poll_.is_due(now)) {
      if (poll_.is_asking())
        poll_failed({errc::timeout,
                     "Telegram's getUpdates was not answered in time",
                     {},
                     {}},
                    now);
      else
        poll(now);
    }
    sender_.tick(now);
  }

  std::optional<monotonic_time> wakes_at() const override {
    return earlier(poll_.wakes_at(), sender_.wakes_at());
  }

 private:
  // What was taken in comes first: polling on would confirm it.
  void poll(monotonic_time now) {
    if (poll_.is_asking() || recording_)
      return;
    if (name_.empty()) {
      poll_.begin(get_me(), times_.network, times_.network / 2, now);
      return;
    }
    const auto held = unproven_ ? milliseconds{0} : times_.held;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(held);
    poll_.begin(
        get_updates(offset_, static_cast<std::uint32_t>(seconds.count())),
        held + times_.network, times_.network / 2, now);
  }

  void poll_failed(const failure& why, monotonic_time now) {
    unproven_ = true;
    poll_.failed(why, now);
  }

  void take_name(const result<http_reply>& reply, monotonic_time now) {
    auto name = reply ? parse_me(*reply) : reply.error();
    if (!name)
      return poll_failed(name.error(), now);
    // No proof: that comes with the first poll.
    name_ = std::move(*name);
    if (!counted_by_.empty() && counted_by_ != name_)
      offset_ = 0;
    counted_by_ = name_;
    poll(now);
  }

  void take_updates(const result<http_reply>& reply, monotonic_time now) {
    auto updates = reply ? parse_updates(*reply)
                         : result<std::vector<update>>{reply.error()};
    if (!updates) {
      // The token may belong to another bot by now.
      if (needs_a_person(updates.error()))
        name_.clear();
      return poll_failed(updates.error(), now);
    }
    poll_.succeeded();
    unproven_ = false;
    emit(proven{"getUpdates returned " + std::to_string(updates->size())});
    take_in news;
    next_offset_ = offset_;
    // Numbers begin anywhere after a week without updates (Bot API, "Update"):
    // a lower one is as new as any. What was taken in before is known by its
    // number where it is kept.
    for (auto& x : *updates) {
      next_offset_ = x.id + 1;
      if (!x.message)
        continue;
      if (auto text = command_for(name_, x.message->text)) {
        x.message->text = std::move(*text);
        news.messages.push_back(std::move(*x.message));
      }
    }
    if (!updates->empty() && next_offset_ == offset_) {
      emit(delivered_again{updates->size()});
      return poll_failed({errc::upstream_malformed,
                          "Telegram delivered again what was confirmed",
                          {},
                          {}},
                         now);
    }
    if (news.messages.empty()) {
      offset_ = next_offset_;
      poll(now);
      return;
    }
    news.cursor = std::to_string(next_offset_) + '@' + name_;
    recording_ = true;
    emit(std::move(news));
  }

  service_options options_;
  /// An answer may take so long beyond what the service holds it.
  poll_times times_;
  /// The bot's; empty until it is known.
  std::string name_;
  /// Whose offset it is.
  std::string counted_by_;
  std::int64_t offset_ = 0;
  std::int64_t next_offset_ = 0;
  bool recording_ = false;
  /// The next poll is to return at once: whether it works is what counts.
  bool unproven_ = true;
  lane poll_;
  sender sender_;
};

}  // namespace

std::unique_ptr<service> make(service_options options) {
  return std::make_unique<poller>(std::move(options));
}

}  // namespace closedpaw::channels::codec::telegram
