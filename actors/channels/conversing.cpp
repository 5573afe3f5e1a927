#include <algorithm>
#include <mutex>

#include "actors/channels/channel_state.hpp"

// What is kept of conversations, and what local users have of them: posting,
// following while a model writes.
namespace closedpaw::channels {

namespace {

constexpr std::size_t most_posted = 1000;

/// Tells whoever follows the channel what a model writes, as it writes.
class delta_feed final : public delta_sink {
 public:
  explicit delta_feed(std::function<void(std::string_view)> tell)
      : tell_{std::move(tell)} {}

  bool claim(const void* writer) override {
    const std::lock_guard lock{mutex_};
    if (begun_ && author_ != writer)
      return false;
    author_ = writer;
    return true;
  }
  bool push(const void* writer, std::string_view text) override {
    {
      const std::lock_guard lock{mutex_};
      if (author_ != writer)
        return false;
      begun_ = true;
    }
    tell_(text);
    return true;
  }
  // Followers have queues of their own, and who is too slow loses its place.
  bool congested() const override { return false; }
  // The answer is wanted whether anybody follows or not.
  bool gone() const override { return false; }
  void when_ready(std::function<void()> resume) override { resume(); }
  void on_gone(std::function<void()>) override {}

 private:
  std::function<void(std::string_view)> tell_;
  std::mutex mutex_;
  const void* author_ = nullptr;
  bool begun_ = false;
};

}  // namespace

std::string id_of_deltas(const uuid& question) {
  return std::string{optional_reader} + to_string(question);
}

// Of a service's messages only those that a model is told of; the others are
// the service's to keep.
void channel_state::keep(const incoming& message, const command& what) {
  const auto* chat = std::get_if<chat_command>(&what);
  const bool anew = std::holds_alternative<fresh_command>(what);
  if (!args_.kind.local && !chat && !anew)
    return;
  turn x;
  x.id = current_;
  x.conversation = message.conversation;
  x.sender = message.sender;
  // Commands are between the user and us.
  x.aside = !chat;
  x.text = chat ? chat->text : message.text;
  x.at = args_.now();
  x.delivery = message.id;
  x.begins_anew = anew;
  current_turn_ = std::move(x);
}

// What was shown, if it belongs to the conversation.
std::optional<turn> channel_state::turn_of(owing& x) {
  if (x.unsaid || (!args_.kind.local && x.what.from != speaker::assistant))
    return std::nullopt;
  if (x.turn_id.is_nil())
    x.turn_id = make_uuid(args_.now());
  turn out;
  out.id = x.turn_id;
  out.conversation = x.reply.conversation;
  out.from = x.what.from;
  if (!x.reply.unasked)
    out.refers_to = x.reply.id;
  out.text = x.what.text;
  out.at = args_.now();
  out.failed = x.what.failed;
  return out;
}

void channel_state::said(const turn& x) {
  transcript_->add(x);
  if (args_.kind.local)
    args_.feed("message", to_json(x));
}

json channel_state::chat_parameters(const incoming& message,
                                    const std::string& text) const {
  const auto before = transcript_->context(message.conversation);
  if (before.empty())
    return {{"message", text}};
  auto messages = json::array();
  for (const auto& x : before)
    messages.push_back({{"role", x.role}, {"content", x.content}});
  messages.push_back({{"role", "user"}, {"content", text}});
  return {{"messages", std::move(messages)}};
}

std::string channel_state::begin_deltas(const owed_reply& reply) {
  if (!args_.kind.local)
    return {};
  auto reader = std::make_shared<delta_feed>(
      [feed = args_.feed, conversation = reply.conversation,
       question = to_string(reply.id)](std::string_view text) {
        feed("delta", {{"conversation", conversation},
                       {"refers_to", question},
                       {"text", text}});
      });
  auto id = id_of_deltas(reply.id);
  args_.streams->open(id, reader);
  deltas_[reply.id] = std::move(reader);
  return id;
}

void channel_state::end_deltas(const uuid& question) {
  if (deltas_.erase(question) > 0)
    args_.streams->close(id_of_deltas(question));
}

caf::result<std::string> channel_state::on_post(const ask<post_to_channel>& q) {
  const auto& c = q.command;
  if (!args_.kind.local)
    return to_error({errc::conflict,
                     "channel " + args_.name +
                         " speaks to a service, where "
                         "its users write",
                     {},
                     {}});
  incoming x;
  x.id = c.delivery.empty() ? to_string(make_uuid(args_.now())) : c.delivery;
  if (posting_.size() >= most_posted ||
      std::ranges::find(inbox_, x.id, &incoming::id) != inbox_.end())
    return to_error({errc::overloaded,
                     "messages wait to be recorded; send it again with the "
                     "same id",
                     milliseconds{1000},
                     {}});
  if (seen_->contains(x.id)) {
    if (const auto known = transcript_->find_delivery(c.conversation, x.id))
      return to_string(*known);
    return to_error(
        {errc::conflict, "a message with this id was taken before", {}, {}});
  }
  x.sender = q.context.peer.id;
  x.sender_name = x.sender;
  x.conversation = c.conversation;
  x.is_private = true;
  x.text = c.text;
  auto promise = self_->make_response_promise<std::string>();
  posting_.emplace(x.id, promise);
  inbox_.push_back(std::move(x));
  take_next();
  return promise;
}

void channel_state::refuse_post(const incoming& message) {
  if (*judged_ == admittance::too_fast) {
    post_refusal_ = {errc::too_many_requests,
                     "too many messages on channel " + args_.name,
                     milliseconds{5000},
                     {}};
    refuse(message, "too many messages", {});
    return;
  }
  post_refusal_ = {errc::forbidden,
                   message.sender + " is not on the allowlist of channel " +
                       args_.name + "; bind them (POST /api/channels/" +
                       args_.name + "/bind-user?user_id=" + message.sender +
                       ")",
                   {},
                   {}};
  refuse(message, "not on the allowlist", {});
}

// Whoever posted it hears that it is not recorded, and decides. Where that is
// not certain it is tried on, under the same id.
bool channel_state::give_up_post(const incoming& message, const failure& why) {
  auto waiting = posting_.find(message.id);
  if (waiting == posting_.end())
    return false;
  const bool certain =
      why.code == errc::unavailable || why.code == errc::audit_refused ||
      why.code == errc::storage_full || why.code == errc::overloaded;
  if (!certain) {
    auto unsure = why;
    unsure.code = errc::outcome_unknown;
    unsure.message +=
        "; it is tried again, so send it again with the same id "
        "to hear what became of it";
    waiting->second.deliver(to_error(unsure));
    posting_.erase(waiting);
    return false;
  }
  ++view_.refused;
  post_refusal_ = why;
  end_deltas(current_);
  next();
  return true;
}

void channel_state::answer_post(const std::string& delivery) {
  const auto refused = std::exchange(post_refusal_, std::nullopt);
  auto waiting = posting_.extract(delivery);
  if (waiting.empty())
    return;
  if (refused)
    waiting.mapped().deliver(to_error(*refused));
  else
    waiting.mapped().deliver(to_string(current_));
}

}  // namespace closedpaw::channels
