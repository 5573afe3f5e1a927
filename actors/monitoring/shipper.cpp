#include "actors/monitoring/shipper.hpp"

#include <algorithm>
#include <caf/allowed_unsafe_message_type.hpp>

#include "actors/monitoring/shipping/progress.hpp"
#include "messages/log.hpp"

namespace closedpaw::monitoring {

/// What became of a shipment, on its way into the actor; process-local.
struct shipped {
  /// 0: of metrics.
  std::uint64_t number = 0;
  shipping::shipment_outcome outcome;
};
using shipped_ptr = std::shared_ptr<shipped>;

}  // namespace closedpaw::monitoring

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(closedpaw::monitoring::shipped_ptr)

namespace closedpaw::monitoring {

namespace {

using internal_shipper = shipper_actor::extend<caf::reacts_to<shipped_ptr>>;
using outcome = shipping::shipment_outcome;

constexpr std::chrono::milliseconds ship_interval{200};
constexpr std::chrono::seconds save_interval{1};
constexpr std::chrono::seconds longest_log_read{10};
constexpr std::chrono::seconds longest_cursor_commit{10};

class shipper_state {
 public:
  static constexpr const char* name = "shipper";
  using self_pointer = supervision::self_ptr<internal_shipper, shipper_state>;

  explicit shipper_state(self_pointer me) : self_{me} {}
  ~shipper_state();

  internal_shipper::behavior_type init(shipper_args given);

 private:
  caf::result<std::string> on_check();
  std::uint64_t stored_cursor();
  void look();
  void ask();
  void ship(const audit_page& page);
  void pass_cut(std::uint64_t first_there);
  void leave_out(const std::vector<std::uint64_t>& unreadable);
  void on_shipped(const shipped& x);
  void on_taken(const outcome& x);
  void on_failed(const outcome& x);
  void on_unfit(const outcome& x);
  void save();
  void store_cursor(const audit_logger_actor& logger);
  void metrics();
  void on_metrics(const outcome& x);
  void publish();
  shipping::when_shipped report(std::uint64_t number) const;
  shipping::monotonic mono() const { return self_->clock().now(); }

  self_pointer self_;
  shipper_args args_;
  shipping::carrier carry_;
  shipping::progress at_{0};
  shipper_view view_;
  bool asking_ = false;
  /// The shipment under way, if any.
  std::uint64_t under_way_ = 0;
  std::uint64_t shipments_ = 0;
  std::uint32_t events_under_way_ = 0;
  std::uint64_t next_when_taken_ = 0;
  std::vector<std::uint64_t> unreadable_under_way_;
  http::cancel_handle upstream_;
  http::cancel_handle metrics_upstream_;
  bool metrics_under_way_ = false;
  shipping::monotonic metrics_at_{};
  std::uint64_t saved_ = 0;
  bool saving_ = false;
  shipping::monotonic saved_at_{};
};

shipper_state::~shipper_state() {
  upstream_.cancel();
  metrics_upstream_.cancel();
}

internal_shipper::behavior_type shipper_state::init(shipper_args given) {
  args_ = std::move(given);
  view_ = *args_.view->get();
  carry_ = args_.connect();
  saved_ = stored_cursor();
  at_ = shipping::progress{saved_};
  view_.next = saved_;
  publish();
  // A stop in order sends nothing twice: the logger goes after us.
  self_->set_exit_handler([this](caf::exit_msg& x) {
    const auto logger = args_.logger->get();
    if (x.reason != caf::exit_reason::kill && logger && at_.next() != saved_)
      store_cursor(*logger);
    self_->quit(std::move(x.reason));
  });
  self_->send(self_, sweep_atom::value);
  return {
      [this](check_atom) { return on_check(); },
      [this](sweep_atom) {
        look();
        self_->delayed_send(self_, ship_interval, sweep_atom::value);
      },
      [this](const shipped_ptr& x) { on_shipped(*x); },
  };
}

// A row that cannot be read, or is ahead of a log that was restored, means that
// everything is sent again: at least once.
std::uint64_t shipper_state::stored_cursor() {
  const auto row = args_.stored();
  if (!row) {
    log::error("monitoring",
               "where a shipper was cannot be read; it begins anew",
               {{"shipper", view_.name}, {"why", row.error().message}});
    return 0;
  }
  if (!*row || !(*row)->is_object())
    return 0;
  const auto next = (*row)->value("next", std::uint64_t{0});
  if (next <= args_.log_size->load())
    return next;
  log::warn("monitoring",
            "a shipper is ahead of the audit log, which was restored; it "
            "begins anew",
            {{"shipper", view_.name}});
  return 0;
}

// A target that is out is not this actor's failure: it is tried again, and an
// alert of its own. What is checked is the way from the log.
caf::result<std::string> shipper_state::on_check() {
  const auto reader = args_.reader->get();
  if (!reader)
    return to_error(args_.reader->unavailable(args_.now()));
  audit_query one;
  one.limit = 1;
  auto promise = self_->make_response_promise<std::string>();
  self_->request(*reader, longest_log_read, audit_query_payload{one})
      .then(
          [=, this](const audit_page_payload&) mutable {
            promise.deliver(
                "read the log; " +
                std::to_string(events_behind(view_, args_.log_size->load())) +
                " events wait for " + view_.target);
          },
          [=](const caf::error& e) mutable { promise.deliver(e); });
  return promise;
}

void shipper_state::look() {
  if (!asking_ && under_way_ == 0 && at_.due(mono()) &&
      at_.next() < args_.log_size->load())
    ask();
  save();
  metrics();
  publish();
}

void shipper_state::ask() {
  const auto reader = args_.reader->get();
  if (!reader)
    return;
  audit_query q;
  q.ascending = true;
  q.skip_unreadable = true;
  q.limit = at_.batch();
  if (at_.next() > 0)
    q.after = at_.next() - 1;
  asking_ = true;
  self_->request(*reader, longest_log_read, audit_query_payload{std::move(q)})
      .then(
          [this](const audit_page_payload& page) {
            asking_ = false;
            ship(*page);
            publish();
          },
          [this](const caf::error& e) {
            asking_ = false;
            on_failed({outcome::kind::failed,
                       "the log cannot be read: " + to_failure(e).message});
            publish();
          });
}

void shipper_state::ship(const audit_page& page) {
  // What is not readable before the first that is; the rest when they are
  // taken.
  const auto first =
      page.events.empty() ? UINT64_MAX : page.events.front().sequence;
  pass_cut(page.unreadable.empty() ? first
                                   : std::min(first, page.unreadable.front()));
  const auto rest = std::ranges::lower_bound(page.unreadable, first);
  leave_out({page.unreadable.begin(), rest});
  if (page.events.empty())
    return;
  under_way_ = ++shipments_;
  events_under_way_ = static_cast<std::uint32_t>(page.events.size());
  next_when_taken_ = page.events.back().sequence + 1;
  unreadable_under_way_ = {
      rest, std::ranges::lower_bound(page.unreadable, next_when_taken_)};
  upstream_ = carry_(page.events, report(under_way_));
}

// Retention does not wait for a target that takes nothing.
void shipper_state::pass_cut(std::uint64_t first_there) {
  const auto next = at_.next();
  if (first_there == UINT64_MAX || first_there <= next)
    return;
  at_.passed(first_there);
  if (next == 0)
    return;
  view_.dropped += first_there - next;
  log::warn("monitoring",
            "events were cut from the log before they were shipped",
            {{"shipper", view_.name}, {"events", first_there - next}});
}

void shipper_state::leave_out(const std::vector<std::uint64_t>& unreadable) {
  if (unreadable.empty())
    return;
  at_.passed(unreadable.back() + 1);
  view_.dropped += unreadable.size();
  log::error("monitoring", "events cannot be read; they are not shipped",
             {{"shipper", view_.name},
              {"events", unreadable.size()},
              {"first_sequence", unreadable.front()},
              {"last_sequence", unreadable.back()}});
}

shipping::when_shipped shipper_state::report(std::uint64_t number) const {
  return [me = caf::actor_cast<caf::actor_addr>(self_), number](outcome x) {
    if (const auto actor = caf::actor_cast<caf::actor>(me))
      caf::anon_send(actor,
                     std::make_shared<shipped>(shipped{number, std::move(x)}));
  };
}

void shipper_state::on_shipped(const shipped& x) {
  if (x.number == 0)
    return on_metrics(x.outcome);
  if (x.number != under_way_)
    return;
  under_way_ = 0;
  switch (x.outcome.how) {
    case outcome::kind::taken:
      on_taken(x.outcome);
      break;
    case outcome::kind::failed:
      on_failed(x.outcome);
      break;
    case outcome::kind::unfit:
      on_unfit(x.outcome);
      break;
  }
  publish();
  // What waits goes on at once.
  if (at_.due(mono()) && at_.next() < args_.log_size->load())
    ask();
}

void shipper_state::on_taken(const outcome& x) {
  leave_out(unreadable_under_way_);
  at_.taken(next_when_taken_);
  const auto rejected = std::min<std::uint64_t>(x.rejected, events_under_way_);
  view_.shipped += events_under_way_ - rejected;
  view_.dropped += rejected;
  view_.last_shipped = args_.now();
  if (!view_.trouble.empty())
    log::info("monitoring", "a shipper gets on again",
              {{"shipper", view_.name}});
  if (rejected > 0)
    log::error("monitoring", "a target refused events for good",
               {{"shipper", view_.name},
                {"events", rejected},
                {"before_sequence", at_.next()},
                {"why", x.why}});
  view_.trouble.clear();
  view_.trouble_since.reset();
  self_->record_exchange(
      true, "delivered up to event " + std::to_string(next_when_taken_ - 1),
      args_.now());
}

void shipper_state::on_failed(const outcome& x) {
  ++view_.failed;
  at_.failed(mono(), x.retry_after, args_.chance());
  if (view_.trouble.empty()) {
    view_.trouble_since = args_.now();
    log::warn("monitoring", "a shipper does not get on",
              {{"shipper", view_.name}, {"cause", x.why}});
  }
  view_.trouble = x.why;
  self_->record_exchange(false, x.why, args_.now());
}

void shipper_state::on_unfit(const outcome& x) {
  using judgement = shipping::progress::judgement;
  const auto sequence = at_.next();
  switch (at_.unfit(events_under_way_)) {
    case judgement::fewer:
      ++view_.failed;
      return;
    case judgement::not_them:
      return on_failed({outcome::kind::failed,
                        x.why + ", whatever it is sent; is it the right "
                                "address, and what it expects?",
                        x.retry_after});
    case judgement::left_out:
      break;
  }
  ++view_.failed;
  ++view_.dropped;
  log::error(
      "monitoring", "a target refuses an event for good; it is left out",
      {{"shipper", view_.name}, {"sequence", sequence}, {"cause", x.why}});
}

// Behind what was delivered, and not more often than need be: what was shipped
// since is shipped again after a crash.
void shipper_state::save() {
  const auto now = mono();
  if (saving_ || at_.next() == saved_ || now - saved_at_ < save_interval)
    return;
  const auto logger = args_.logger->get();
  if (!logger)
    return;
  saved_at_ = now;
  store_cursor(*logger);
}

void shipper_state::store_cursor(const audit_logger_actor& logger) {
  commit_unit unit;
  unit.bookkeeping = true;
  const auto next = at_.next();
  unit.registry.push_back(
      {std::string{shipping_prefix} + view_.name, json{{"next", next}}});
  saving_ = true;
  self_
      ->request(logger, longest_cursor_commit,
                commit_batch{commit_unit_payload{std::move(unit)}})
      .then(
          [this, next](const commit_answers& answers) {
            saving_ = false;
            if (!answers.at(0).refused)
              saved_ = next;
          },
          [this](const caf::error&) { saving_ = false; });
}

void shipper_state::metrics() {
  const auto now = mono();
  if (!args_.carry_metrics || metrics_under_way_ || now < metrics_at_)
    return;
  metrics_at_ = now + args_.metrics_interval;
  metrics_under_way_ = true;
  metrics_upstream_ = args_.carry_metrics(report(0));
}

// The next reading says it anew: nothing is kept.
void shipper_state::on_metrics(const outcome& x) {
  metrics_under_way_ = false;
  const bool ok = x.how == outcome::kind::taken && x.rejected == 0;
  if (!ok && view_.metrics_trouble.empty())
    log::warn("monitoring", "metrics do not get to their target",
              {{"shipper", view_.name}, {"cause", x.why}});
  view_.metrics_trouble = ok              ? std::string{}
                          : x.why.empty() ? "some of them were refused"
                                          : x.why;
  publish();
}

void shipper_state::publish() {
  view_.next = at_.next();
  const bool changed = *args_.view->get() != view_ || args_.view->stale_since();
  if (changed && !self_->life().where->fenced(self_->life().number))
    args_.view->publish(view_);
}

}  // namespace

shipper_actor spawn_shipper(caf::scheduled_actor* parent,
                            supervision::incarnation life, shipper_args args) {
  return supervision::spawn_worker<internal_shipper, shipper_state>(
      parent, std::move(life), false,
      [args = std::move(args)](shipper_state::self_pointer self) {
        return self->state.init(args);
      });
}

}  // namespace closedpaw::monitoring
