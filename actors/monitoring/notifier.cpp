#include "actors/monitoring/notifier.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <map>

#include "actors/monitoring/alerts/letters.hpp"
#include "messages/log.hpp"

namespace closedpaw::monitoring {

/// The answer of a receiver on its way into the actor; process-local.
struct receiver_answer {
  std::uint64_t sent = 0;
  result<http::client_response> outcome;
};
using receiver_answer_ptr = std::shared_ptr<receiver_answer>;

}  // namespace closedpaw::monitoring

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(closedpaw::monitoring::receiver_answer_ptr)

namespace closedpaw::monitoring {

namespace {

using internal_notifier =
    notifier_actor::extend<caf::reacts_to<receiver_answer_ptr>>;

constexpr std::chrono::milliseconds notify_interval{200};
constexpr std::chrono::seconds longest_delivery{10};
/// An Alertmanager forgets what it is not told again for so long.
constexpr std::chrono::seconds alertmanager_validity{240};
/// The place of the heartbeat among the receivers.
constexpr std::size_t heartbeat_place = static_cast<std::size_t>(-1);

/// The same would be refused again.
bool is_final_refusal(unsigned status) {
  return status / 100 == 4 && status != 404 && status != 408 && status != 425 &&
         status != 429;
}

class notifier_state {
 public:
  static constexpr const char* name = "notifier";
  using self_pointer = supervision::self_ptr<internal_notifier, notifier_state>;

  explicit notifier_state(self_pointer me) : self_{me} {}
  ~notifier_state();

  internal_notifier::behavior_type init(notifier_args given);

 private:
  struct sending {
    std::size_t receiver = 0;
    http::cancel_handle upstream;
  };

  std::string on_check();
  void sweep();
  void send(const alerts::board::letter& x);
  void to_log(const alerts::board::letter& x);
  void to_channel(const alerts::board::letter& x);
  void post(std::size_t receiver, const std::string& url, std::string body,
            bool allow_private);
  void on_answer(receiver_answer x);
  void ended(std::size_t receiver, const std::optional<std::string>& why);
  bool evaluated() const;
  void beat();
  void publish();
  alerts::monotonic mono() const { return self_->clock().now(); }

  self_pointer self_;
  notifier_args args_;
  std::map<std::uint64_t, sending> under_way_;
  std::uint64_t next_ = 1;
  alerts::monotonic last_beat_{};
  std::string beat_trouble_;
};

notifier_state::~notifier_state() {
  for (auto& [key, x] : under_way_)
    x.upstream.cancel();
}

internal_notifier::behavior_type notifier_state::init(notifier_args given) {
  args_ = std::move(given);
  // An earlier life's exchanges ended with it.
  args_.board->forget_under_way();
  publish();
  self_->delayed_send(self_, notify_interval, sweep_atom::value);
  return {
      [this](check_atom) { return on_check(); },
      [this](sweep_atom) {
        sweep();
        self_->delayed_send(self_, notify_interval, sweep_atom::value);
      },
      [this](const receiver_answer_ptr& x) { on_answer(std::move(*x)); },
  };
}

// A receiver that is out is not this actor's failure: it is tried again, and
// an alert of its own.
std::string notifier_state::on_check() {
  sweep();
  std::size_t waiting = 0;
  const auto all = args_.board->receivers();
  for (const auto& r : all)
    waiting += r.waiting;
  return std::to_string(waiting) + " alerts wait for " +
         std::to_string(all.size()) + " receivers";
}

void notifier_state::sweep() {
  for (const auto& x : args_.board->outgoing(mono(), evaluated()))
    send(x);
  beat();
  publish();
}

void notifier_state::send(const alerts::board::letter& x) {
  if (x.to.type == "log")
    return to_log(x);
  if (x.to.type == "channel")
    return to_channel(x);
  auto url = x.to.url;
  std::string body;
  if (x.to.type == "alertmanager") {
    while (url.ends_with('/'))
      url.pop_back();
    url += "/api/v2/alerts";
    body =
        alerts::alertmanager_body(x.what, args_.now(), alertmanager_validity);
  } else if (x.to.type == "slack") {
    body = alerts::slack_body(x.what);
  } else {
    body = alerts::webhook_body(x.what, x.to.name, args_.now());
  }
  post(x.receiver, url, std::move(body), x.to.allow_private_addresses);
}

void notifier_state::to_log(const alerts::board::letter& x) {
  for (const auto& a : x.what.alerts) {
    auto level = log::level::info;
    if (a.state == alert_state::firing)
      level = a.severity == alert_severity::critical ? log::level::error
                                                     : log::level::warn;
    log::write(
        "monitoring", level,
        std::string{a.state == alert_state::firing ? "alert " : "resolved "} +
            a.rule + ": " + a.summary,
        {{"cause", a.cause}, {"severity", to_string(a.severity)}});
  }
  ended(x.receiver, std::nullopt);
}

void notifier_state::to_channel(const alerts::board::letter& x) {
  const auto place = args_.channels->find(x.to.channel);
  const auto actor = place ? place->get() : std::nullopt;
  if (!actor)
    return ended(x.receiver, "channel " + x.to.channel + " is stopped");
  ask<send_to_channel> q;
  q.command = {x.to.channel, x.to.conversation, alerts::plain_text(x.what)};
  self_->request(*actor, longest_delivery, ask_send_to_channel{std::move(q)})
      .then(
          [this, to = x.receiver](const std::string&) {
            ended(to, std::nullopt);
            publish();
          },
          [this, to = x.receiver](const caf::error& e) {
            ended(to, to_failure(e).message);
            publish();
          });
}

void notifier_state::post(std::size_t receiver, const std::string& url,
                          std::string body, bool allow_private) {
  http::client_request q;
  q.method = "POST";
  q.url = url;
  q.headers.emplace_back("Content-Type", "application/json");
  q.body = std::move(body);
  q.timeouts.total = longest_delivery;
  q.max_response_bytes = std::size_t{64} * 1024;
  q.allow_private_addresses = allow_private;
  q.for_operator = true;
  const auto key = next_++;
  under_way_[key].receiver = receiver;
  under_way_[key].upstream =
      args_.fetch(std::move(q), [me = caf::actor_cast<caf::actor_addr>(self_),
                                 key](result<http::client_response> r) {
        if (auto actor = caf::actor_cast<caf::actor>(me))
          caf::anon_send(actor, std::make_shared<receiver_answer>(
                                    receiver_answer{key, std::move(r)}));
      });
}

void notifier_state::on_answer(receiver_answer x) {
  const auto node = under_way_.extract(x.sent);
  if (node.empty())
    return;
  std::optional<std::string> why;
  if (!x.outcome)
    why = x.outcome.error().message;
  else if (x.outcome->status / 100 != 2)
    why = "it answered with status " + std::to_string(x.outcome->status);
  const auto receiver = node.mapped().receiver;
  if (receiver == heartbeat_place) {
    if (why && beat_trouble_.empty())
      log::warn("monitoring", "the heartbeat does not get through",
                {{"cause", *why}});
    beat_trouble_ = why.value_or("");
    return;
  }
  if (x.outcome && is_final_refusal(x.outcome->status)) {
    log::error("monitoring", "a receiver refuses a notification for good",
               {{"cause", *why}});
    args_.board->dropped(receiver, *why + ", so this notification is dropped");
  } else {
    ended(receiver, why);
  }
  publish();
}

void notifier_state::ended(std::size_t receiver,
                           const std::optional<std::string>& why) {
  if (why)
    args_.board->failed(receiver, *why, mono());
  else
    args_.board->delivered(receiver, args_.now());
  self_->record_exchange(!why, why ? "a receiver: " + *why : "told a receiver",
                         args_.now());
}

bool notifier_state::evaluated() const {
  const auto looked = args_.board->looked_at();
  return looked && mono() - *looked <
                       10 * args_.settings.interval + std::chrono::seconds{1};
}

// Says that alerts are evaluated, and so is not sent when they are not.
void notifier_state::beat() {
  const auto& s = args_.settings;
  if (s.heartbeat_url.empty())
    return;
  const bool due = last_beat_ == alerts::monotonic{} ||
                   mono() - last_beat_ >= s.heartbeat_interval;
  if (!evaluated() || !due)
    return;
  last_beat_ = mono();
  post(heartbeat_place, s.heartbeat_url,
       dump({{"source", "closedpaw"}, {"sent_at", to_iso8601(args_.now())}}),
       true);
}

void notifier_state::publish() {
  auto now = args_.board->receivers();
  if (*args_.view->get() != now &&
      !self_->life().where->fenced(self_->life().number))
    args_.view->publish(std::move(now));
}

}  // namespace

notifier_actor spawn_notifier(caf::scheduled_actor* parent,
                              supervision::incarnation life,
                              notifier_args args) {
  return supervision::spawn_worker<internal_notifier, notifier_state>(
      parent, std::move(life), false,
      [args = std::move(args)](notifier_state::self_pointer self) {
        return self->state.init(args);
      });
}

}  // namespace closedpaw::monitoring
