#pragma once

#include <prometheus/registry.h>

#include <array>
#include <mutex>
#include <unordered_map>
#include <unordered_set>

#include "actors/monitoring/metrics/bounded_family.hpp"
#include "actors/monitoring/metrics/family.hpp"
#include "actors/security/rate_limiter.hpp"
#include "http/server/exchange.hpp"
#include "messages/model/action.hpp"
#include "messages/model/audit_event.hpp"
#include "messages/model/commit_unit.hpp"
#include "messages/model/prompt_verdict.hpp"
#include "messages/model/provider.hpp"
#include "messages/model/supervision.hpp"

namespace closedpaw::monitoring {

/// What can only be measured when it happens; what can be read at any time is
/// in live_families(). Told by whoever does it, from any thread; owned by main,
/// so that counters survive restarts of actors.
///
/// Names: OpenTelemetry's semantic conventions for HTTP servers and generative
/// AI, as Prometheus spells them, and closedpaw_ for our own.
class meters {
 public:
  meters();

  /// On the event loop's thread only.
  void answered(const http::answered_request& x);
  /// Each committed row of an action, in their order.
  void changed(const action& row, timestamp now);
  void called(const model_call& x);
  void committed(const commit_report& x);
  /// An event of a supervisor.
  void supervised(const audit_event& e);
  /// So that the first end of any of them is an increase, for Prometheus too;
  /// but for agents, which come and go.
  void expect_exits(const node_snapshot& root);
  void judged(threat_level x);
  void limited(security::request_class x);
  /// Of a stranger with no or a wrong token.
  void token_refused();
  /// To be called on a period: the two clocks should go at the same pace.
  /// `since_boot` goes on while the machine sleeps.
  void looked_at_clocks(timestamp wall, std::chrono::microseconds since_boot);

  families collect() const { return registry_.Collect(); }

 private:
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  struct uuid_hash {
    std::size_t operator()(const uuid& x) const;
  };
  using counters = bounded_family<prometheus::Counter>;
  using histograms = bounded_family<prometheus::Histogram>;
  static constexpr std::size_t types = 6;
  static constexpr std::size_t statuses = 6;

  counters bounded_counters(const char* name, const char* help,
                            std::size_t limit);
  histograms bounded_histograms(const char* name, const char* help,
                                std::size_t limit,
                                prometheus::Histogram::BucketBoundaries b);
  void waited(const action& row, timestamp now);
  void count_event(const audit_event& e);
  void expect_exits_below(const node_snapshot& n);
  void observe_call(histograms& family, const model_call& x, const char* label,
                    std::string_view its_value, double value);

  prometheus::Registry registry_;
  prometheus::Family<prometheus::Counter>& dropped_;

  histograms requests_;
  std::unordered_map<std::uint64_t, prometheus::Histogram*> known_requests_;

  std::array<std::array<prometheus::Counter*, statuses>, types> actions_{};
  histograms approval_;
  histograms execution_;
  std::array<std::array<prometheus::Histogram*, statuses>, types>
      known_executions_{};

  histograms model_duration_;
  histograms model_tokens_;
  std::unordered_map<std::string, prometheus::Histogram*, text_hash,
                     std::equal_to<>>
      known_calls_;

  counters events_;
  std::unordered_map<std::string, prometheus::Counter*, text_hash,
                     std::equal_to<>>
      known_events_;
  prometheus::Histogram& commit_duration_;
  prometheus::Histogram& commit_events_;
  prometheus::Counter& commit_refused_;

  counters exits_;
  /// Paths whose ends are expected.
  std::unordered_set<std::string> expected_;
  counters supervision_;
  prometheus::Histogram& recovery_;

  std::array<prometheus::Counter*, 5> verdicts_{};
  std::array<prometheus::Counter*, security::request_class_count> limited_{};
  prometheus::Counter* token_refusals_ = nullptr;
  prometheus::Counter& clock_jumps_;

  std::mutex mutex_;
  /// When what is being executed began; bounded.
  std::unordered_map<uuid, timestamp, uuid_hash> begun_;
  /// Of the wall clock over the monotonic one.
  std::optional<std::chrono::microseconds> clock_offset_;
};

}  // namespace closedpaw::monitoring
