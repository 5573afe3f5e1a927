#include "actors/supervision/actor_stats.hpp"

#include <algorithm>

namespace closedpaw::supervision {

namespace {

std::chrono::milliseconds to_ms(actor_stats::ns x) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::nanoseconds{std::max<actor_stats::ns>(x, 0)});
}

}  // namespace

void actor_stats::on_enqueue(ns now) {
  const auto seq = enqueued_.fetch_add(1, std::memory_order_relaxed);
  enqueue_times_[seq % window].store(now, std::memory_order_relaxed);
}

void actor_stats::on_handler_begin(ns now) {
  const auto seq = consumed_.fetch_add(1, std::memory_order_relaxed);
  last_taken_enqueued_.store(
      enqueue_times_[seq % window].load(std::memory_order_relaxed),
      std::memory_order_relaxed);
  handler_began_.store(now, std::memory_order_release);
}

void actor_stats::on_handler_end(ns now) {
  const auto began = handler_began_.load(std::memory_order_relaxed);
  busy_.fetch_add(now - began, std::memory_order_relaxed);
  handler_began_.store(0, std::memory_order_release);
}

void actor_stats::on_mailbox_closed() {
  consumed_.store(read(enqueued_), std::memory_order_relaxed);
}

mailbox_snapshot actor_stats::mailbox(ns now) const {
  const auto taken = read(consumed_);
  const auto sent = read(enqueued_);
  if (sent <= taken)
    return {};
  const auto depth = sent - taken;
  const auto since =
      depth <= window
          ? enqueue_times_[taken % window].load(std::memory_order_relaxed)
          : last_taken_enqueued_.load(std::memory_order_relaxed);
  return {depth,
          since == 0 ? std::chrono::milliseconds{0} : to_ms(now - since)};
}

std::chrono::milliseconds actor_stats::busy(ns now) const {
  auto total = busy_.load(std::memory_order_relaxed);
  if (const auto began = handler_began(); began != 0)
    total += now - began;
  return to_ms(total);
}

std::chrono::milliseconds actor_stats::handler(ns now) const {
  const auto began = handler_began();
  return began == 0 ? std::chrono::milliseconds{0} : to_ms(now - began);
}

}  // namespace closedpaw::supervision
