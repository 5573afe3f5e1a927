#pragma once

#include <deque>

#include "actors/channels/codec/lane.hpp"

namespace closedpaw::channels::codec {

/// How a service takes what is said to it.
struct sending_rules {
  /// In UTF-16 units.
  std::size_t longest_part = 0;
  /// `part` of that message, the `index`th; without formatting if that was not
  /// understood.
  http_request (*request)(const outgoing& message, std::string_view part,
                          std::size_t index, bool formatted) = nullptr;
  result<void> (*receipt)(const http_reply&) = nullptr;
  /// It may still go without what `formatted` adds; null where that is nothing.
  bool (*is_about_formatting)(const failure&) = nullptr;
  /// How long nothing may follow this good answer; null where it does not say.
  milliseconds (*pause)(const http_reply&) = nullptr;
};

/// Says one message after the other, long ones in parts, each part until it is
/// taken. What cannot be said to one person does not hold up the others. Pure.
class sender {
 public:
  sender(sending_rules rules, outward out, milliseconds patience)
      : rules_{rules},
        out_{out},
        lane_{std::move(out), true},
        patience_{patience} {}

  void say(outgoing message, monotonic_time now);
  /// Whether the answer was to one of ours.
  bool answered(std::uint64_t call, const result<http_reply>& reply,
                monotonic_time now);
  void resumed(monotonic_time now);
  void tick(monotonic_time now);
  std::optional<monotonic_time> wakes_at() const { return lane_.wakes_at(); }

 private:
  void next(monotonic_time now);
  void done(effect x);
  void failed(const failure& why, monotonic_time now);

  sending_rules rules_;
  outward out_;
  lane lane_;
  milliseconds patience_;
  std::deque<outgoing> queue_;
  /// Of the first one in the queue, and how many went before.
  std::deque<std::string> parts_;
  std::size_t index_ = 0;
  std::optional<monotonic_time> refused_since_;
  bool plain_ = false;
};

}  // namespace closedpaw::channels::codec
