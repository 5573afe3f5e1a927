#include "actors/channels/codec/lane.hpp"

#include <algorithm>

namespace closedpaw::channels::codec {

void lane::begin(http_request what, milliseconds patience, milliseconds slack,
                 monotonic_time now) {
  again_at_.reset();
  call_ = out_.next_call();
  overdue_ = now + patience + slack;
  out_.emit(call{call_, std::move(what), patience});
}

bool lane::takes(std::uint64_t call) {
  if (call == 0 || call != call_)
    return false;
  call_ = 0;
  return true;
}

void lane::hang_up() {
  if (call_ != 0)
    out_.emit(codec::hang_up{std::exchange(call_, 0)});
  again_at_.reset();
}

void lane::failed(const failure& why, monotonic_time now) {
  hang_up();
  const auto wait = wait_.failed(why, out_.chance());
  again_at_ = now + wait;
  out_.emit(troubled{why, wait, sending_});
}

bool lane::is_due(monotonic_time now) const {
  const auto at = wakes_at();
  return at && *at <= now;
}

std::optional<monotonic_time> lane::wakes_at() const {
  return call_ != 0 ? std::optional{overdue_} : again_at_;
}

std::optional<monotonic_time> earlier(std::optional<monotonic_time> a,
                                      std::optional<monotonic_time> b) {
  return a && b ? std::min(a, b) : a ? a : b;
}

}  // namespace closedpaw::channels::codec
