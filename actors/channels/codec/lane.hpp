#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include "actors/channels/codec/backoff.hpp"
#include "actors/channels/codec/service.hpp"

namespace closedpaw::channels::codec {

/// One request at a time: its answer, or a wait before the next try. Pure.
class lane {
 public:
  /// `sending`: its troubles concern only what we say.
  lane(outward out, bool sending) : out_{std::move(out)}, sending_{sending} {}

  /// Asks now. Whoever sends it gives up after `patience`; if not even that is
  /// heard, so do we, `slack` later.
  void begin(http_request what, milliseconds patience, milliseconds slack,
             monotonic_time now);
  /// The answer to what was asked is there.
  bool takes(std::uint64_t call);
  /// Nobody waits for it any more.
  void hang_up();
  void succeeded() { wait_.succeeded(); }
  /// Nothing is asked until then.
  void rest_until(monotonic_time at) { again_at_ = at; }
  /// Tells of it; due again after a while.
  void failed(const failure& why, monotonic_time now);

  bool is_asking() const { return call_ != 0; }
  bool is_waiting() const { return again_at_.has_value(); }
  bool is_due(monotonic_time now) const;
  std::optional<monotonic_time> wakes_at() const;

 private:
  outward out_;
  bool sending_;
  std::uint64_t call_ = 0;
  monotonic_time overdue_{};
  std::optional<monotonic_time> again_at_;
  backoff wait_;
};

/// The earlier of two moments, if there is one.
std::optional<monotonic_time> earlier(std::optional<monotonic_time> a,
                                      std::optional<monotonic_time> b);

}  // namespace closedpaw::channels::codec
