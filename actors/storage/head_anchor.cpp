#include "actors/storage/head_anchor.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include "actors/storage/anchor_file.hpp"

namespace closedpaw::storage {

/// The webhook's answer on its way into the actor; process-local.
struct webhook_answer {
  std::uint64_t size = 0;
  result<http::client_response> outcome;
};
using webhook_answer_ptr = std::shared_ptr<webhook_answer>;

}  // namespace closedpaw::storage

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(closedpaw::storage::webhook_answer_ptr)

namespace closedpaw::storage {

namespace {

using internal_anchor =
    head_anchor_actor::extend<caf::reacts_to<webhook_answer_ptr>>;

class head_anchor_state {
 public:
  static constexpr const char* name = "head_anchor";
  using self_pointer =
      supervision::self_ptr<internal_anchor, head_anchor_state>;

  explicit head_anchor_state(self_pointer me) : self_{me} {}
  ~head_anchor_state() { upstream_.cancel(); }

  internal_anchor::behavior_type init(head_anchor_args given);

 private:
  result<audit::signed_head> sign() const;
  caf::result<std::string> on_check() const;
  void sweep();
  void to_file(const audit::signed_head& x);
  void to_webhook(const audit::signed_head& x);
  void on_answer(const webhook_answer& x);

  self_pointer self_;
  head_anchor_args args_;
  anchor_view view_;
  http::cancel_handle upstream_;
  bool asking_ = false;
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
  };
}

result<audit::signed_head> head_anchor_state::sign() const {
  return sign_head(*args_.where, *args_.key, args_.now());
}

caf::result<std::string> head_anchor_state::on_check() const {
  const auto x = sign();
  if (!x)
    return to_error(x.error());
  if (!args_.key->check().verifies(*x))
    return to_error({errc::internal,
                     "a head that was just signed does not "
                     "verify",
                     {},
                     {}});
  if (!view_.file_trouble.empty())
    return to_error({errc::storage_failed, view_.file_trouble, {}, {}});
  return "signed the head of " + std::to_string(x->head.size) + " events";
}

void head_anchor_state::sweep() {
  auto x = sign();
  // An anchored event must not be lost afterwards, as "async" ones may.
  if (x)
    if (auto done = args_.where->sync(); !done)
      x = done.error();
  if (!x) {
    view_.file_trouble = x.error().message;
  } else {
    if (!view_.in_file || *view_.in_file < x->head.size)
      to_file(*x);
    if (!args_.webhook.empty() && !asking_ &&
        (!view_.at_webhook || *view_.at_webhook < x->head.size))
      to_webhook(*x);
  }
  self_->record_exchange(
      view_.file_trouble.empty(),
      view_.file_trouble.empty() ? "anchored" : view_.file_trouble,
      args_.now());
  args_.view->publish(view_);
}

void head_anchor_state::to_file(const audit::signed_head& x) {
  const auto done = append_head(args_.file, x);
  view_.file_trouble = done ? "" : done.error().message;
  if (!done)
    return;
  view_.in_file = x.head.size;
  view_.in_file_at = x.head.time;
}

void head_anchor_state::to_webhook(const audit::signed_head& x) {
  http::client_request q;
  q.method = "POST";
  q.url = args_.webhook;
  q.headers.emplace_back("Content-Type", "application/json");
  q.body = dump(audit::to_json(x));
  q.timeouts.total = std::chrono::seconds{10};
  q.max_response_bytes = 64 * 1024;
  q.allow_private_addresses = true;
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
  args_.view->publish(view_);
}

}  // namespace

head_anchor_actor spawn_head_anchor(caf::scheduled_actor* parent,
                                    supervision::incarnation life,
                                    bool detached, head_anchor_args args) {
  return supervision::spawn_worker<internal_anchor, head_anchor_state>(
      parent, std::move(life), detached,
      [args = std::move(args)](head_anchor_state::self_pointer self) {
        return self->state.init(args);
      });
}

}  // namespace closedpaw::storage
