#include "actors/channels/codec/matrix.hpp"

#include <algorithm>
#include <deque>
#include <set>

#include "actors/channels/codec/matrix_wire.hpp"
#include "actors/channels/codec/poll_times.hpp"
#include "actors/channels/codec/sender.hpp"
#include "messages/model/channel.hpp"

namespace closedpaw::channels::codec::matrix {

namespace {

using namespace std::chrono_literals;

http_request part_request(const outgoing& message, std::string_view part,
                          std::size_t index, bool) {
  return send(message, part, index);
}

constexpr sending_rules rules{longest_text, part_request, parse_sent, nullptr,
                              nullptr};

/// Of which the number of members is remembered.
constexpr std::size_t most_rooms = 4096;
constexpr std::size_t most_invites = 64;
/// Ours, whichever machine it runs on.
constexpr std::string_view device = "CLOSEDPAW";
constexpr std::uint32_t most_tries_of_a_question = 3;
/// Of what a sync left out, a hundred messages each; seen_messages knows as
/// many again.
constexpr std::uint32_t most_pages_of_a_gap = 50;

class syncer final : public service {
 public:
  explicit syncer(service_options options)
      : options_{std::move(options)},
        times_{options_.poll_timeout},
        sync_{outwards(options_.chance), false},
        ask_{outwards(options_.chance), false},
        sender_{rules, outwards(options_.chance), times_.network} {}

  void start(std::string_view cursor, monotonic_time now) override {
    // "TOKEN USER": another account syncs otherwise.
    const auto at = std::min(cursor.find(' '), cursor.size());
    since_ = cursor.substr(0, at);
    if (at < cursor.size())
      synced_by_ = cursor.substr(at + 1);
    unproven_ = true;
    next_sync(now);
  }

  void answered(std::uint64_t call, result<http_reply> reply,
                monotonic_time now) override {
    if (sender_.answered(call, reply, now))
      return;
    if (ask_.takes(call)) {
      take_answer(reply, now);
    } else if (sync_.takes(call)) {
      if (std::exchange(logging_in_, false))
        take_token(reply, now);
      else if (own_id_.empty())
        take_own_id(reply, now);
      else
        take_sync(reply, now);
    }
  }

  void recorded(monotonic_time now) override {
    if (!std::exchange(recording_, false))
      return;
    if (since_.empty())
      emit(proven{"synced to " + next_});
    go_on(now);
  }

  void resumed(monotonic_time now) override {
    sync_.hang_up();
    ask_.hang_up();
    unproven_ = true;
    next_question(now);
    next_sync(now);
    sender_.resumed(now);
  }

  void say(outgoing message, monotonic_time now) override {
    sender_.say(std::move(message), now);
  }

  void tick(monotonic_time now) override {
    const failure late{
        errc::timeout, "the homeserver did not answer in time", {}, {}};
    if (sync_.is_due(now)) {
      if (sync_.is_asking())
        sync_failed(late, now);
      else
        next_sync(now);
    }
    if (ask_.is_due(now)) {
      if (ask_.is_asking())
        question_failed(late, now);
      else
        next_question(now);
    }
    sender_.tick(now);
  }

  std::optional<monotonic_time> wakes_at() const override {
    return earlier(earlier(sync_.wakes_at(), ask_.wakes_at()),
                   sender_.wakes_at());
  }

 private:
  /// What must be known before a sync's messages are handed on.
  struct question {
    enum class kind : std::uint8_t { join, members, history };
    kind what = kind::join;
    std::string room;
    /// Of a history: where it goes on.
    std::string from{};
  };

  bool is_busy() const {
    return recording_ || !questions_.empty() || !news_.messages.empty();
  }

  void next_sync(monotonic_time now) {
    if (sync_.is_asking() || is_busy())
      return;
    if (own_id_.empty()) {
      logging_in_ = false;
      sync_.begin(who_am_i(), times_.network, times_.network / 2, now);
      return;
    }
    const auto held =
        unproven_ || since_.empty() ? milliseconds{0} : times_.held;
    sync_.begin(sync(since_, static_cast<std::uint32_t>(held.count())),
                held + times_.network, times_.network / 2, now);
  }

  void sync_failed(const failure& why, monotonic_time now) {
    unproven_ = true;
    sync_.failed(why, now);
  }

  void take_own_id(const result<http_reply>& reply, monotonic_time now) {
    auto id = reply ? parse_whoami(*reply) : reply.error();
    if (!id) {
      // Once for each token that is refused; the answer says what is wrong.
      if (id.error().code != errc::upstream_refused ||
          std::exchange(logged_in_, false))
        return sync_failed(id.error(), now);
      logging_in_ = true;
      refused_ = id.error();
      sync_.begin(log_in(device), times_.network, times_.network / 2, now);
      return;
    }
    own_id_ = std::move(*id);
    logged_in_ = false;
    if (!synced_by_.empty() && synced_by_ != own_id_)
      since_.clear();
    synced_by_ = own_id_;
    next_sync(now);
  }

  // Without a password to log in with, what is wrong is still the token.
  void take_token(const result<http_reply>& reply, monotonic_time now) {
    auto token =
        reply ? parse_login(*reply) : result<std::string>{reply.error()};
    if (!token)
      return sync_failed(!reply && reply.error().code == errc::not_found
                             ? refused_
                             : token.error(),
                         now);
    emit(obtained{"token", std::move(*token)});
    logged_in_ = true;
    // What waits because of the old one need not.
    sender_.resumed(now);
    next_sync(now);
  }

  void take_sync(const result<http_reply>& reply, monotonic_time now) {
    auto news =
        reply ? parse_sync(*reply, own_id_) : result<synced>{reply.error()};
    if (!news) {
      if (needs_a_person(news.error()))
        own_id_.clear();
      // A token that was issued for a while: another may be had at once.
      if (news.error().code == errc::upstream_refused &&
          !std::exchange(renewing_, true))
        return next_sync(now);
      return sync_failed(news.error(), now);
    }
    sync_.succeeded();
    unproven_ = false;
    renewing_ = false;
    next_ = news->next;
    pages_ = 0;
    // Without a place to go on from, a process that ends now misses what comes.
    if (!since_.empty())
      emit(proven{"synced to " + next_});
    for (const auto& room : news->changed)
      members_.erase(room);
    for (const auto& [room, n] : news->members)
      if (members_.size() < most_rooms || members_.contains(room))
        members_[room] = n;
    for (const auto& room : news->invites)
      if (questions_.size() < most_invites)
        questions_.push_back({question::kind::join, room});
    std::set<std::string> unknown;
    // Of the first sync nothing is missing: what was said before is not for us.
    if (!since_.empty())
      for (const auto& x : news->gaps) {
        // Who came and went is left out as well.
        if (!news->members.contains(x.room))
          members_.erase(x.room);
        questions_.push_back({question::kind::history, x.room, x.from});
        if (!members_.contains(x.room))
          unknown.insert(x.room);
      }
    for (const auto& message : news->messages)
      if (!members_.contains(message.conversation))
        unknown.insert(message.conversation);
    for (const auto& room : unknown)
      questions_.push_back({question::kind::members, room});
    news_.messages = std::move(news->messages);
    next_question(now);
  }

  void next_question(monotonic_time now) {
    if (ask_.is_asking())
      return;
    if (questions_.empty())
      return hand_on(now);
    ask_.begin(request_for(questions_.front()), times_.network,
               times_.network / 2, now);
  }

  http_request request_for(const question& q) const {
    switch (q.what) {
      case question::kind::join:
        return join(q.room);
      case question::kind::members:
        return joined_members(q.room);
      default:
        return get_history({q.room, q.from}, since_);
    }
  }

  // The pages come newest first, and what a room's sync had comes after them.
  std::optional<failure> take_history(const http_reply& reply) {
    auto& q = questions_.front();
    auto page = parse_history(reply, q.room, own_id_);
    if (!page)
      return page.error();
    news_.messages.insert(news_.messages.begin(),
                          std::make_move_iterator(page->messages.begin()),
                          std::make_move_iterator(page->messages.end()));
    q.from = page->from == q.from ? std::string{} : std::move(page->from);
    if (++pages_ >= most_pages_of_a_gap)
      q.from.clear();
    return std::nullopt;
  }

  void take_answer(const result<http_reply>& reply, monotonic_time now) {
    const auto q = questions_.front();
    std::optional<failure> why;
    if (!reply)
      why = reply.error();
    else if (q.what == question::kind::history)
      why = take_history(*reply);
    else if (q.what == question::kind::join) {
      if (const auto done = parse_joined(*reply); !done)
        why = done.error();
    } else if (const auto n = parse_members(*reply); n) {
      members_[q.room] = *n;
    } else {
      why = n.error();
    }
    if (why)
      return question_failed(*why, now);
    ask_.succeeded();
    question_tries_ = 0;
    // There is more of it.
    if (q.what == question::kind::history && !questions_.front().from.empty())
      return next_question(now);
    answered_question(now);
  }

  void answered_question(monotonic_time now) {
    questions_.pop_front();
    question_tries_ = 0;
    next_question(now);
  }

  // A room that cannot be asked about, or entered, is none of two. It must not
  // hold up the others: anybody can invite us anywhere.
  void question_failed(const failure& why, monotonic_time now) {
    const bool final = why.code == errc::forbidden ||
                       why.code == errc::not_found ||
                       why.code == errc::bad_request;
    // What was said is not given up for a server that is away.
    if (why.code == errc::upstream_refused)
      return begin_anew(why, now);
    const bool needed = questions_.front().what == question::kind::history;
    if (!final && (needed || ++question_tries_ < most_tries_of_a_question))
      return ask_.failed(why, now);
    ask_.hang_up();
    answered_question(now);
  }

  // The same sync comes again, once there is a token.
  void begin_anew(const failure& why, monotonic_time now) {
    ask_.hang_up();
    questions_.clear();
    question_tries_ = 0;
    news_ = {};
    own_id_.clear();
    sync_failed(why, now);
  }

  void hand_on(monotonic_time now) {
    if (recording_)
      return;
    // The first place to go on from is worth a record: what is said before the
    // next message would be missed by a later process.
    if (news_.messages.empty() && !since_.empty())
      return go_on(now);
    for (auto& message : news_.messages) {
      const auto known = members_.find(message.conversation);
      message.is_private = known != members_.end() && known->second == 2;
    }
    news_.cursor = next_ + ' ' + own_id_;
    recording_ = true;
    emit(std::exchange(news_, {}));
  }

  void go_on(monotonic_time now) {
    if (!next_.empty())
      since_ = next_;
    next_sync(now);
  }

  service_options options_;
  poll_times times_;
  /// Empty until it is known.
  std::string own_id_;
  std::string since_;
  /// Whose token it is.
  std::string synced_by_;
  /// Of the last sync.
  std::string next_;
  take_in news_;
  std::deque<question> questions_;
  /// Of the first one.
  std::uint32_t question_tries_ = 0;
  std::uint32_t pages_ = 0;
  bool logging_in_ = false;
  /// The present token is a fresh one.
  bool logged_in_ = false;
  /// Since the last good sync.
  bool renewing_ = false;
  /// Why that was needed.
  failure refused_{};
  std::map<std::string, std::uint64_t> members_;
  bool recording_ = false;
  bool unproven_ = true;
  lane sync_;
  lane ask_;
  sender sender_;
};

}  // namespace

std::unique_ptr<service> make(service_options options) {
  return std::make_unique<syncer>(std::move(options));
}

}  // namespace closedpaw::channels::codec::matrix
