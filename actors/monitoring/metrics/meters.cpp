#include "actors/monitoring/metrics/meters.hpp"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>

#include <cstring>

#include "http/routes/inert_text.hpp"

namespace closedpaw::monitoring {

namespace {

using buckets = prometheus::Histogram::BucketBoundaries;

/// Actions that are executed at a time and whose beginning is remembered.
constexpr std::size_t most_begun = 8'192;
/// As many as the two families of calls have label sets.
constexpr std::size_t most_known_calls = 400;

// Loopback answers take a fraction of a millisecond, chats may take minutes.
const buckets request_buckets{.001, .005, .025, .1, .25, .5,
                              1,    2.5,  10,   30, 120};
const buckets waiting_buckets{1, 10, 60, 300, 1'800, 7'200, 28'800, 86'400};
const buckets commit_buckets{.0001, .00025, .0005, .001, .0025, .005,
                             .01,   .05,    .25,   1,    5};
const buckets batch_buckets{1, 2, 5, 10, 25, 50, 100, 250, 1'000};
const buckets recovery_buckets{.01, .05, .25, 1, 5, 30, 120};
// Those of the conventions for generative AI.
const buckets model_buckets{.01,  .02,  .04,  .08,   .16,   .32,   .64,
                            1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92};
const buckets token_buckets{1,     4,     16,     64,     256,
                            1'024, 4'096, 16'384, 65'536, 262'144};

/// More than a clock that is being adjusted moves between two looks.
constexpr std::chrono::seconds clock_jump{2};

/// As OpenTelemetry's gen_ai.provider.name has them.
std::string vendor_name(const std::string& type) {
  if (type == "google")
    return "gcp.gemini";
  return type == "mistral" ? "mistral_ai" : type;
}

std::string_view cause_of(std::string_view reason) {
  if (reason.starts_with("threw"))
    return "exception";
  if (reason.starts_with("hung"))
    return "hang";
  return reason.starts_with("its supervisor") ? "supervisor" : "exit";
}

}  // namespace

std::size_t meters::uuid_hash::operator()(const uuid& x) const {
  // Its last half is random.
  std::size_t out = 0;
  std::memcpy(&out, x.bytes.data() + 8, sizeof out);
  return out;
}

meters::counters meters::bounded_counters(const char* name, const char* help,
                                          std::size_t limit) {
  return {prometheus::BuildCounter().Name(name).Help(help).Register(registry_),
          limit, dropped_.Add({{"metric", name}})};
}

meters::histograms meters::bounded_histograms(const char* name,
                                              const char* help,
                                              std::size_t limit, buckets b) {
  return {
      prometheus::BuildHistogram().Name(name).Help(help).Register(registry_),
      limit, dropped_.Add({{"metric", name}}), std::move(b)};
}

meters::meters()
    : dropped_{prometheus::BuildCounter()
                   .Name("closedpaw_metrics_dropped_total")
                   .Help("Measurements left out since the metric has as many "
                         "label sets as it may")
                   .Register(registry_)},
      requests_{bounded_histograms("http_server_request_duration_seconds",
                                   "Time from the request's header to the "
                                   "answer's head",
                                   400, request_buckets)},
      approval_{
          bounded_histograms("closedpaw_action_approval_seconds",
                             "Time that actions waited for a person's decision",
                             types * 2, waiting_buckets)},
      execution_{bounded_histograms("closedpaw_action_execution_seconds",
                                    "Time that actions took to be executed",
                                    types * 2, request_buckets)},
      model_duration_{bounded_histograms(
          "gen_ai_client_operation_duration_seconds",
          "Time of one try of a chat with a model", 200, model_buckets)},
      model_tokens_{bounded_histograms("gen_ai_client_token_usage",
                                       "Tokens of one answered chat", 200,
                                       token_buckets)},
      events_{bounded_counters("closedpaw_audit_events_total",
                               "Events that the audit log took", 400)},
      commit_duration_{prometheus::BuildHistogram()
                           .Name("closedpaw_audit_commit_duration_seconds")
                           .Help("Time of one write transaction")
                           .Register(registry_)
                           .Add({}, commit_buckets)},
      commit_events_{prometheus::BuildHistogram()
                         .Name("closedpaw_audit_commit_units")
                         .Help("What was written in one transaction")
                         .Register(registry_)
                         .Add({}, batch_buckets)},
      commit_refused_{prometheus::BuildCounter()
                          .Name("closedpaw_audit_refused_total")
                          .Help("What the audit log could not take")
                          .Register(registry_)
                          .Add({})},
      exits_{bounded_counters("closedpaw_actor_exits_total",
                              "Unplanned ends of actors, by cause", 1'000)},
      supervision_{bounded_counters("closedpaw_supervision_events_total",
                                    "What supervisors reported", 32)},
      recovery_{prometheus::BuildHistogram()
                    .Name("closedpaw_actor_recovery_seconds")
                    .Help("Time from an actor's end to the proof that it "
                          "works again")
                    .Register(registry_)
                    .Add({}, recovery_buckets)},
      clock_jumps_{prometheus::BuildCounter()
                       .Name("closedpaw_clock_jumps_total")
                       .Help("Times that the system's clock was set")
                       .Register(registry_)
                       .Add({})} {
  auto& actions = prometheus::BuildCounter()
                      .Name("closedpaw_actions_total")
                      .Help("Actions that came to be in a status")
                      .Register(registry_);
  for (std::size_t t = 0; t < types; ++t)
    for (std::size_t s = 0; s < statuses; ++s)
      actions_[t][s] = &actions.Add(
          {{"type", std::string{to_string(static_cast<action_type>(t))}},
           {"status", std::string{to_string(static_cast<action_status>(s))}}});
  // From the start, so that the first one is seen to be one more.
  for (const char* status : {"flagged", "held", "sanitized", "blocked"})
    for (const char* level : {"medium", "high", "critical"})
      events_.at(
          {{"action_type", "security"}, {"status", status}, {"level", level}});
  auto& verdicts = prometheus::BuildCounter()
                       .Name("closedpaw_prompt_verdicts_total")
                       .Help("Texts from outside that were judged, by threat")
                       .Register(registry_);
  for (std::size_t i = 0; i < verdicts_.size(); ++i)
    verdicts_[i] = &verdicts.Add(
        {{"level", std::string{to_string(static_cast<threat_level>(i))}}});
  auto& limited = prometheus::BuildCounter()
                      .Name("closedpaw_rate_limited_requests_total")
                      .Help("Requests of clients that asked too often")
                      .Register(registry_);
  for (std::size_t i = 0; i < limited_.size(); ++i)
    limited_[i] = &limited.Add(
        {{"kind",
          std::string{to_string(static_cast<security::request_class>(i))}}});
  token_refusals_ =
      &prometheus::BuildCounter()
           .Name("closedpaw_token_refusals_total")
           .Help("Requests of strangers that had no or a wrong token")
           .Register(registry_)
           .Add({});
}

void meters::answered(const http::answered_request& x) {
  const auto key = reinterpret_cast<std::uintptr_t>(x.route.data()) << 16 ^
                   static_cast<std::uint64_t>(x.verb) << 12 ^ x.status;
  auto [known, fresh] = known_requests_.try_emplace(key);
  // Past the bound each is asked for again, and counted as dropped.
  if (fresh || !known->second)
    known->second = requests_.at(
        {{"http_request_method", std::string{http::to_string(x.verb)}},
         {"http_route",
          x.route.empty() ? std::string{"unmatched"} : std::string{x.route}},
         {"http_response_status_code", std::to_string(x.status)}});
  if (known->second)
    known->second->Observe(std::chrono::duration<double>(x.took).count());
}

void meters::changed(const action& row, timestamp now) {
  actions_[static_cast<std::size_t>(row.type)]
          [static_cast<std::size_t>(row.status)]
              ->Increment();
  if (row.status == action_status::pending)
    return;
  const std::lock_guard guard{mutex_};
  const auto begun = begun_.find(row.id);
  if (!is_terminal(row.status)) {
    if (begun != begun_.end() || begun_.size() >= most_begun)
      return;
    begun_.emplace(row.id, now);
    waited(row, now);
    return;
  }
  const auto since = begun == begun_.end() ? row.created_at : begun->second;
  if (begun != begun_.end())
    begun_.erase(begun);
  else
    waited(row, now);
  if (row.status == action_status::rejected)
    return;
  auto*& known = known_executions_[static_cast<std::size_t>(row.type)]
                                  [static_cast<std::size_t>(row.status)];
  if (!known)
    known = execution_.at({{"type", std::string{to_string(row.type)}},
                           {"status", std::string{to_string(row.status)}}});
  if (known)
    known->Observe(seconds_of(row.completed_at.value_or(now) - since));
}

void meters::waited(const action& row, timestamp now) {
  if (row.decided_by)
    approval_.observe(
        {{"type", std::string{to_string(row.type)}},
         {"decision",
          row.status == action_status::rejected ? "rejected" : "approved"}},
        seconds_of(now - row.created_at));
}

void meters::called(const model_call& x) {
  if (x.code.empty())
    for (const auto& [kind, tokens] :
         {std::pair{"input", x.prompt_tokens}, {"output", x.completion_tokens}})
      if (tokens > 0)
        observe_call(model_tokens_, x, "gen_ai_token_type", kind,
                     static_cast<double>(tokens));
  observe_call(model_duration_, x, "error_type", x.code,
               x.latency_ms / 1'000.0);
}

// As count_event().
void meters::observe_call(histograms& family, const model_call& x,
                          const char* label, std::string_view its_value,
                          double value) {
  thread_local std::string key;
  key = x.provider;
  for (const auto part : {std::string_view{x.type}, std::string_view{x.model},
                          std::string_view{label}, its_value})
    key.append(1, '\n').append(part);
  const std::lock_guard guard{mutex_};
  const auto known = known_calls_.find(std::string_view{key});
  auto* call = known == known_calls_.end() ? nullptr : known->second;
  if (!call) {
    call = family.at({{"gen_ai_operation_name", "chat"},
                      {"gen_ai_provider_name", vendor_name(x.type)},
                      {"gen_ai_request_model", http::inert(x.model)},
                      {"provider", x.provider},
                      {label, std::string{its_value}}});
    if (!call)
      return;
    // Several names of models may be one once they are inert.
    if (known_calls_.size() < most_known_calls)
      known_calls_.emplace(key, call);
  }
  call->Observe(value);
}

void meters::committed(const commit_report& x) {
  commit_duration_.Observe(std::chrono::duration<double>(x.took).count());
  commit_events_.Observe(static_cast<double>(x.units.size()));
  const std::lock_guard guard{mutex_};
  for (std::size_t i = 0; i < x.units.size(); ++i) {
    if (!x.answers[i]) {
      commit_refused_.Increment();
      continue;
    }
    for (const auto& e : x.units[i]->events)
      count_event(e);
  }
}

// With one look-up for a set of labels that is known.
void meters::count_event(const audit_event& e) {
  thread_local std::string key;
  key = e.action_type;
  key.append(1, '\n').append(e.status).append(1, '\n').append(e.level);
  auto known = known_events_.find(std::string_view{key});
  if (known == known_events_.end()) {
    auto* counter = events_.at({{"action_type", e.action_type},
                                {"status", e.status},
                                {"level", e.level}});
    if (!counter)
      return;
    known = known_events_.emplace(key, counter).first;
  }
  known->second->Increment();
}

void meters::supervised(const audit_event& e) {
  supervision_.count({{"event", e.status}});
  const auto details = e.details.value();
  if (e.status == "exited" || e.status == "failed")
    exits_.count({{"path", details.value("path", std::string{})},
                  {"cause", std::string{cause_of(
                                details.value("reason", std::string{}))}}});
  else if (e.status == "recovered")
    recovery_.Observe(details.value("recovery_ms", 0.0) / 1'000.0);
}

void meters::expect_exits(const node_snapshot& root) {
  const std::lock_guard guard{mutex_};
  expect_exits_below(root);
}

void meters::expect_exits_below(const node_snapshot& n) {
  if (expected_.insert(n.path).second)
    for (const char* cause : {"exception", "hang", "exit", "supervisor"})
      exits_.count({{"path", n.path}, {"cause", cause}}, 0);
  if (n.path == "root/agents")
    return;
  for (const auto& c : n.children)
    expect_exits_below(c);
}

void meters::looked_at_clocks(timestamp wall,
                              std::chrono::microseconds since_boot) {
  const auto offset = wall.time_since_epoch() - since_boot;
  const std::lock_guard guard{mutex_};
  if (clock_offset_ && std::chrono::abs(offset - *clock_offset_) > clock_jump)
    clock_jumps_.Increment();
  clock_offset_ = offset;
}

void meters::token_refused() {
  token_refusals_->Increment();
}

void meters::limited(security::request_class x) {
  limited_[static_cast<std::size_t>(x)]->Increment();
}

void meters::judged(threat_level x) {
  verdicts_[static_cast<std::size_t>(x)]->Increment();
}

}  // namespace closedpaw::monitoring
