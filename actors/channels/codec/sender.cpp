#include "actors/channels/codec/sender.hpp"

#include "actors/channels/codec/text_split.hpp"

namespace closedpaw::channels::codec {

namespace {

/// A service that answers, and never takes this one.
constexpr std::chrono::hours longest_refusal{1};

/// The service's own word about this message.
bool is_hopeless(const failure& why) {
  const bool told =
      why.extra.is_object() && why.extra.contains("upstream_status");
  return told && (why.code == errc::bad_request ||
                  why.code == errc::forbidden || why.code == errc::not_found);
}

/// May be about this message, unlike an outage.
bool is_about_it(const failure& why) {
  return why.code == errc::upstream_failed ||
         why.code == errc::upstream_malformed;
}

}  // namespace

void sender::say(outgoing message, monotonic_time now) {
  queue_.push_back(std::move(message));
  if (!lane_.is_waiting())
    next(now);
}

bool sender::answered(std::uint64_t call, const result<http_reply>& reply,
                      monotonic_time now) {
  if (!lane_.takes(call))
    return false;
  const auto taken =
      reply ? rules_.receipt(*reply) : result<void>{reply.error()};
  if (!taken && !plain_ && rules_.is_about_formatting != nullptr &&
      rules_.is_about_formatting(taken.error())) {
    plain_ = true;
    next(now);
    return true;
  }
  if (!taken) {
    failed(taken.error(), now);
    return true;
  }
  lane_.succeeded();
  refused_since_.reset();
  plain_ = false;
  ++index_;
  parts_.pop_front();
  // An answer refers to its question once.
  queue_.front().refer_to.clear();
  if (parts_.empty())
    done(said{queue_.front().id});
  const auto pause =
      rules_.pause != nullptr ? rules_.pause(*reply) : milliseconds{0};
  if (pause.count() > 0)
    lane_.rest_until(now + pause);
  else
    next(now);
  return true;
}

void sender::resumed(monotonic_time now) {
  lane_.hang_up();
  next(now);
}

void sender::tick(monotonic_time now) {
  if (!lane_.is_due(now))
    return;
  if (lane_.is_asking()) {
    failed({errc::timeout, "what was said was not taken in time", {}, {}}, now);
    return;
  }
  // Also of a rest after which nothing is to be said.
  lane_.hang_up();
  next(now);
}

void sender::next(monotonic_time now) {
  if (lane_.is_asking())
    return;
  while (!queue_.empty() && parts_.empty()) {
    for (auto& part : split_text(queue_.front().text, rules_.longest_part))
      parts_.push_back(std::move(part));
    index_ = 0;
    refused_since_.reset();
    plain_ = false;
    if (parts_.empty())
      done(said{queue_.front().id});
  }
  if (!parts_.empty())
    lane_.begin(rules_.request(queue_.front(), parts_.front(), index_, !plain_),
                patience_, patience_ / 2, now);
}

void sender::done(effect x) {
  out_.emit(std::move(x));
  parts_.clear();
  queue_.pop_front();
}

void sender::failed(const failure& why, monotonic_time now) {
  if (!is_about_it(why))
    refused_since_.reset();
  else if (!refused_since_)
    refused_since_ = now;
  if (is_hopeless(why) ||
      (refused_since_ && now - *refused_since_ >= longest_refusal)) {
    lane_.hang_up();
    done(unsaid{queue_.front().id, why});
    next(now);
    return;
  }
  lane_.failed(why, now);
}

}  // namespace closedpaw::channels::codec
