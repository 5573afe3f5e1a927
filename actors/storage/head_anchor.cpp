#include "actors/storage/head_anchor.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <future>

#include "actors/storage/anchor_file.hpp"

namespace closedpaw::storage {

/// The webhook's answer on its way into the actor; process-local.
struct webhook_answer {
  std::uint64_t size = 0;
  result<http::client_response> outcome;
};
using webhook_answer_ptr = std::shared_ptr<webhook_answer>;

/// What became of a head on its way to the file; process-local as well.
struct write_done {
  audit::tree_head head;
  result<void> outcome;
};
using write_done_ptr = std::shared_ptr<write_done>;

}  // namespace closedpaw::storage

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(closedpaw::storage::webhook_answer_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(closedpaw::storage::write_done_ptr)

namespace closedpaw::storage {

namespace {

using internal_anchor =
    head_anchor_actor::extend<caf::reacts_to<webhook_answer_ptr>,
                              caf::reacts_to<write_done_ptr>>;

constexpr std::chrono::seconds longest_write{10};

class head_anchor_state {
 public:
  static constexpr const char* name = "head_anchor";
  using self_pointer =
      supervision::self_ptr<internal_anchor, head_anchor_state>;

  explicit head_anchor_state(self_pointer me) : self_{me} {}
  ~head_anchor_state() { upstream_.cancel(); }

  internal_anchor::behavior_type init(head_anchor_args given);

 private:
  caf::result<std::string> on_check() const;
  void sweep();
  void to_file(const audit::signed_head& x);
  void on_written(const write_done& x);
  void publish();
  void to_webhook(const audit::signed_head& x);
  void on_answer(const webhook_answer& x);

  self_pointer self_;
  head_anchor_args args_;
  anchor_view view_;
  http::cancel_handle upstream_;
  bool asking_ = false;
  std::optional<timestamp> writing_since_;
  /// Last: it is waited for before anything else goes.
  std::future<void> writing_;
};

internal_anchor::behavior_type head_anchor_state::init(head_anchor_args given) {
  args_ = std::move(given);
  // What earlier lives have anchored need not be anchored again.
  view_ = *args_.view->get();
  self_->send(self_, sweep_atom::value);
  return {
      [this](check_atom) { return on_check(); },
      [this](sweep_atom) {
        sweep();
        self_->delayed_send(self_, args_.interval, sweep_atom::value);
      },
      [this](const webhook_answer_ptr& x) { on_answer(*x); },
      [this](const write_done_ptr& x) { on_written(*x); },
  };
}

caf::result<std::string> head_anchor_state::on_check() const {
  const auto x = sign_head(*args_.where, *args_.key, args_.now());
  if (!x)
    return to_error(x.error());
  if (!args_.key->check().verifies(*x))
    return to_error({errc::internal,
                     "a head that was just signed does not verify",
                     {},
                     {}});
  if (!view_.file_trouble.empty())
    return to_error({errc::storage_failed, view_.file_trouble, {}, {}});
  return "signed the head of " + std::to_string(x->head.size) + " events";
}

void head_anchor_state::sweep() {
  const auto x = sign_head(*args_.where, *args_.key, args_.now());
  if (!x) {
    view_.file_trouble = x.error().message;
  } else if (writing_since_) {
    if (args_.now() - *writing_since_ > longest_write)
      view_.file_trouble = "writing " + args_.file.string() +
                           " takes longer than 10 s; see to its disk";
  } else if (!view_.in_file || *view_.in_file < x->head.size) {
    to_file(*x);
  } else {
    view_.file_trouble.clear();
  }
  if (x && !args_.webhook.empty() && !asking_ &&
      (!view_.at_webhook || *view_.at_webhook < x->head.size))
    to_webhook(*x);
  publish();
}

// A disk may take its time, or for ever: not within a handler.
void head_anchor_state::to_file(const audit::signed_head& x) {
  writing_since_ = args_.now();
  writing_ = std::async(
      std::launch::async, [me = caf::actor_cast<caf::actor_addr>(self_), x,
                           where = args_.where, file = args_.file] {
        // An anchored event must not be lost afterwards, as "async" ones may.
        auto done = where->sync();
        if (done)
          done = append_head(file, x);
        if (auto actor = caf::actor_cast<caf::actor>(me))
          caf::anon_send(
              actor, std::make_shared<write_done>(write_done{x.head, done}));
      });
}

void head_anchor_state::on_written(const write_done& x) {
  writing_since_.reset();
  view_.file_trouble = x.outcome ? "" : x.outcome.error().message;
  if (x.outcome) {
    view_.in_file = x.head.size;
    view_.in_file_at = x.head.time;
  }
  self_->record_exchange(x.outcome.has_value(),
                         x.outcome ? "anchored the head of " +
                                         std::to_string(x.head.size) + " events"
                                   : view_.file_trouble,
                         args_.now());
  publish();
}

void head_anchor_state::publish() {
  if (!self_->life().where->fenced(self_->life().number))
    args_.view->publish(view_);
}

void head_anchor_state::to_webhook(const audit::signed_head& x) {
  http::client_request q;
  q.method = "POST";
  q.url = args_.webhook;
  q.headers.emplace_back("Content-Type", "application/json");
  q.body = dump(audit::to_json(x));
  q.timeouts.total = std::chrono::seconds{10};
  q.max_response_bytes = std::size_t{64} * 1024;
  q.allow_private_addresses = true;
  q.for_operator = true;
  asking_ = true;
  upstream_ = args_.fetch(
      std::move(q), [me = caf::actor_cast<caf::actor_addr>(self_),
                     size = x.head.size](result<http::client_response> r) {
        if (auto actor = caf::actor_cast<caf::actor>(me))
          caf::anon_send(actor, std::make_shared<webhook_answer>(
                                    webhook_answer{size, std::move(r)}));
      });
}

void head_anchor_state::on_answer(const webhook_answer& x) {
  asking_ = false;
  if (!x.outcome)
    view_.webhook_trouble = x.outcome.error().message;
  else if (x.outcome->status / 100 != 2)
    view_.webhook_trouble =
        "it answered with status " + std::to_string(x.outcome->status);
  else {
    view_.webhook_trouble.clear();
    view_.at_webhook = x.size;
    view_.at_webhook_at = args_.now();
  }
  publish();
}

}  // namespace

head_anchor_actor spawn_head_anchor(caf::scheduled_actor* parent,
                                    supervision::incarnation life,
                                    head_anchor_args args) {
  return supervision::spawn_worker<internal_anchor, head_anchor_state>(
      parent, std::move(life), false,
      [args = std::move(args)](head_anchor_state::self_pointer self) {
        return self->state.init(args);
      });
}

}  // namespace closedpaw::storage
