#include <algorithm>

#include "actors/providers/provider_state.hpp"

namespace closedpaw::providers {

namespace {

/// Circuits that are remembered; models come from requests, so that their
/// number must not.
constexpr std::size_t max_circuits = 256;

std::uint32_t since(monotonic_time begun, monotonic_time now) {
  return static_cast<std::uint32_t>(
      std::chrono::round<milliseconds>(now - begun).count());
}

failure with_attempts(failure why, const std::vector<chat_attempt>& failed,
                      bool partial) {
  if (!why.extra.is_object())
    why.extra = nlohmann::json::object();
  why.extra.erase("phase");
  auto list = nlohmann::json::array();
  for (const auto& x : failed)
    list.push_back({{"provider", x.provider},
                    {"model", x.model},
                    {"code", x.code},
                    {"error", x.error},
                    {"latency_ms", x.latency_ms}});
  why.extra["attempts"] = std::move(list);
  if (partial)
    why.extra["partial"] = true;
  return why;
}

}  // namespace

caf::result<chat_reply_payload> provider_state::on_chat(
    const chat_request_payload& q) {
  if (const auto why = codec::check(args_.vendor, *q))
    return to_error(*why);
  if (admission_->is_full(queue_.size()))
    return to_error({errc::too_many_requests,
                     std::to_string(queue_.size()) +
                         " chats wait for provider " + args_.settings.name +
                         ", which is provider_defaults.max_queued; try again",
                     milliseconds{1000},
                     {}});
  chat c;
  c.request = q;
  if (!q->stream_id.empty()) {
    c.reader = args_.streams->find(q->stream_id);
    if (!c.reader && !q->stream_id.starts_with(optional_reader))
      return to_error(
          {errc::cancelled, "whoever asked for it is gone", {}, {}});
    if (!c.reader) {
      chat_request whole = *q;
      whole.stream_id.clear();
      c.request = chat_request_payload{std::move(whole)};
    }
  }
  // Not before: who was promised an answer no longer gets a returned error.
  c.promise = self_->make_response_promise<chat_reply_payload>();
  c.deadline = mono() + args_.limits.total_timeout;
  auto promise = c.promise;
  const auto id = next_id_++;
  // Also while it waits: who left needs no place.
  if (c.reader)
    c.reader->on_gone(
        [me = caf::actor_cast<caf::actor_addr>(self_), action = q->action_id] {
          if (auto actor = caf::actor_cast<caf::actor>(me))
            caf::anon_send(actor, cancel_action{action});
        });
  chats_.emplace(id, std::move(c));
  queue_.push_back(id);
  start_queued();
  if (!queue_.empty() && queue_.back() == id)
    self_->delayed_send(self_, args_.limits.total_timeout, expire_atom::value,
                        id);
  return promise;
}

void provider_state::start_queued() {
  while (!queue_.empty()) {
    const auto id = queue_.front();
    if (mono() >= chats_.at(id).deadline) {
      end(id, waited_too_long());
      continue;
    }
    if (const auto wait = admission_->take(mono())) {
      if (wait->count() > 0 && !std::exchange(waking_, true))
        self_->delayed_send(self_, *wait, wake_atom::value);
      break;
    }
    queue_.pop_front();
    chats_.at(id).admitted = true;
    attempt(id);
  }
  show_load();
}

void provider_state::expire(std::uint64_t id) {
  if (const auto it = chats_.find(id);
      it != chats_.end() && !it->second.admitted)
    end(id, waited_too_long());
}

// Asks the vendor, unless the model's circuit is open or the time is over.
void provider_state::attempt(std::uint64_t id) {
  const auto it = chats_.find(id);
  if (it == chats_.end())
    return;
  auto& c = it->second;
  const auto now = mono();
  const auto& model = c.request->model;
  const auto left = std::chrono::floor<milliseconds>(c.deadline - now);
  if (left.count() <= 0) {
    end(id, waited_too_long());
    return;
  }
  if (c.reader && !prepare_stream(id, c))
    return;
  if (const auto known = circuits_.find(model); known != circuits_.end()) {
    if (const auto wait = known->second.refuse(now)) {
      end(id, circuit_open(model, *wait));
      return;
    }
    c.probes = known->second.probing();
  }
  c.begun = now;
  c.exchange = fetch(args_.vendor.chat(*c.request), left, c.pump,
                     [this, id](response r, const secret_text& key) {
                       on_reply(id, std::move(r), key);
                     });
}

// Each try decodes from the beginning; what a reader has seen of an earlier one
// (of another provider, perhaps) has no continuation.
bool provider_state::prepare_stream(std::uint64_t id, chat& c) {
  c.pump = std::make_shared<stream_pump>(args_.vendor.decode(), c.reader);
  if (c.pump->claim())
    return true;
  end(id, failure{errc::upstream_failed,
                  "the answer broke off after a part of it was shown",
                  {},
                  {{"partial", true}}});
  return false;
}

void provider_state::on_cancel(const uuid& action) {
  for (auto& [id, c] : chats_) {
    if (c.request->action_id != action)
      continue;
    c.cancelled = true;
    if (const auto it = exchanges_.find(c.exchange); it != exchanges_.end()) {
      it->second.cancelled = true;
      it->second.upstream.cancel();
      return;
    }
    end(id, failure{errc::cancelled, "the chat was cancelled", {}, {}});
    return;
  }
}

void provider_state::on_reply(std::uint64_t id, response outcome,
                              const secret_text& key) {
  const auto it = chats_.find(id);
  if (it == chats_.end())
    return;
  it->second.exchange = 0;
  auto reply = read_reply(it->second, std::move(outcome));
  if (reply) {
    good(id, std::move(*reply));
    return;
  }
  auto why = std::move(reply).error();
  mask(why.message, key);
  bad(id, std::move(why));
}

result<chat_reply> provider_state::read_reply(chat& c, response outcome) const {
  // However the body ended after it.
  if (c.pump && c.pump->complete() && !c.cancelled)
    return c.pump->finish();
  if (!outcome) {
    auto why = std::move(outcome).error();
    // The pump ends a fetch for its own reasons.
    if (why.code == errc::cancelled && c.pump && !c.pump->reader_gone() &&
        !c.cancelled)
      if (auto inner = c.pump->finish(); !inner)
        return inner.error();
    if (why.code == errc::cancelled)
      why.message = c.pump && c.pump->reader_gone()
                        ? "the client went away, and the request to the "
                          "provider was ended"
                        : "the chat was cancelled, and the request to the "
                          "provider was ended";
    return why;
  }
  http_reply reply{outcome->status, std::move(outcome->headers),
                   std::move(outcome->body)};
  if (c.pump && reply.status / 100 == 2)
    return c.pump->finish();
  return args_.vendor.parse_chat(reply);
}

void provider_state::good(std::uint64_t id, chat_reply reply) {
  auto& c = chats_.at(id);
  const auto& model = c.request->model;
  reply.latency_ms = since(c.begun, mono());
  reply.provider = args_.settings.name;
  if (reply.model.empty())
    reply.model = model;
  complete_calls(reply.tool_calls, c.request->action_id);
  reply.failed = std::move(c.failed);
  if (circuits_.erase(model) > 0)
    show_circuits();
  view_.prompt_tokens += reply.prompt_tokens;
  view_.completion_tokens += reply.completion_tokens;
  const auto latency = reply.latency_ms;
  tell_call(c, {}, reply);
  end(id, {boost::system::in_place_value, std::move(reply)});
  succeeded(latency, "chat");
}

void provider_state::bad(std::uint64_t id, failure why) {
  auto& c = chats_.at(id);
  const auto& model = c.request->model;
  const auto now = mono();
  if (why.code != errc::cancelled) {
    c.failed.push_back({args_.settings.name, model,
                        std::string{to_string(why.code)}, why.message,
                        since(c.begun, now)});
    if (c.admitted)
      tell_call(c, to_string(why.code), {});
  }
  const auto left = std::chrono::floor<milliseconds>(c.deadline - now);
  const auto tries = static_cast<std::uint32_t>(c.failed.size());
  std::optional<milliseconds> again;
  if (!c.is_partial() && !c.cancelled && why.code != errc::cancelled)
    again = retry_delay({args_.limits.retries, milliseconds{250},
                         milliseconds{4'000}, milliseconds{10'000}},
                        why, tries, args_.chance(), left);
  judge(c, why);
  c.probes = false;
  // Its own failure is worth more than that the circuit opened.
  if (const auto it = circuits_.find(model);
      again && it != circuits_.end() && it->second.open_until() > now + *again)
    again.reset();
  if (!again) {
    end(id, std::move(why));
    return;
  }
  self_->delayed_send(self_, *again, start_atom::value, id);
}

void provider_state::judge(const chat& c, const failure& why) {
  const auto& model = c.request->model;
  const auto known = circuits_.find(model);
  if (known != circuits_.end() && !blames_upstream(why))
    known->second.abandoned(c.probes);
  if (why.code == errc::cancelled || is_readers_fault(why))
    return;
  const bool answered =
      why.extra.is_object() && why.extra.contains("upstream_status");
  if (answered &&
      (why.code == errc::not_found || why.code == errc::bad_request)) {
    // The caller's mistake: the exchange worked.
    circuits_.erase(model);
    show_circuits();
    succeeded(view_.last_latency_ms, "chat");
    return;
  }
  auto told = "chat with " + model;
  if (blames_upstream(why)) {
    auto& breaker = circuit(model);
    breaker.failed(mono(), args_.chance(), c.probes, why.retry_after);
    if (breaker.open_until())
      told += " (circuit open after " + std::to_string(breaker.failures()) +
              " failures in a row)";
    show_circuits();
  }
  failed(why, told);
  probe_soon();
}

void provider_state::end(std::uint64_t id, const result<chat_reply>& outcome) {
  auto node = chats_.extract(id);
  if (node.empty())
    return;
  auto& c = node.mapped();
  if (c.reader)
    c.reader->on_gone(nullptr);
  if (outcome)
    c.promise.deliver(chat_reply_payload{*outcome});
  else
    c.promise.deliver(
        to_error(with_attempts(outcome.error(), c.failed, c.is_partial())));
  if (!c.admitted) {
    std::erase(queue_, id);
  } else {
    admission_->give_back();
    if (!queue_.empty())
      self_->send(self_, start_atom::value);
  }
  show_load();
}

void provider_state::tell_call(const chat& c, std::string_view code,
                               const chat_reply& reply) const {
  if (!args_.called)
    return;
  // What a client invents is not a name to measure under.
  const auto& asked = c.request->model;
  const bool known =
      code.empty() || asked == args_.settings.default_model ||
      std::ranges::any_of(view_.models, [&asked](const model_info& m) {
        return m.name == asked;
      });
  args_.called({args_.settings.name, args_.settings.type,
                known ? asked : "other", std::string{code},
                since(c.begun, mono()), reply.prompt_tokens,
                reply.completion_tokens});
}

void provider_state::show_load() {
  view_.load->in_flight = admission_->running();
  view_.load->queued = static_cast<std::uint32_t>(queue_.size());
}

circuit_breaker& provider_state::circuit(const std::string& model) {
  if (circuits_.size() >= max_circuits && !circuits_.contains(model))
    circuits_.erase(std::ranges::min_element(
        circuits_, {}, [](const auto& x) { return x.second.failures(); }));
  return circuits_
      .try_emplace(
          model, circuit_breaker{breaker_limits{args_.limits.circuit_failures,
                                                args_.limits.circuit_open_min,
                                                args_.limits.circuit_open_max}})
      .first->second;
}

void provider_state::show_circuits() {
  view_.circuits.clear();
  for (const auto& [model, x] : circuits_) {
    circuit_view shown{model, x.failures(), {}};
    if (const auto until = x.open_until())
      shown.open_until =
          args_.now() + std::chrono::duration_cast<std::chrono::microseconds>(
                            *until - mono());
    view_.circuits.push_back(std::move(shown));
  }
}

failure provider_state::waited_too_long() const {
  return {errc::timeout,
          "the chat waited for provider " + args_.settings.name +
              " until its total timeout of " +
              std::to_string(args_.limits.total_timeout.count()) +
              " ms was over",
          {},
          {}};
}

failure provider_state::circuit_open(const std::string& model,
                                     milliseconds wait) const {
  std::string last;
  if (view_.last_error)
    last = "; the last failure: " + view_.last_error->message;
  return {errc::unavailable,
          "the circuit of " + args_.settings.name + '/' + model +
              " is open: it failed too often in a row, and is asked again in " +
              std::to_string(wait.count()) + " ms" + last,
          wait,
          {}};
}

}  // namespace closedpaw::providers
