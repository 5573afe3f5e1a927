#define CAF_SUITE stream_queue

#include "http/server/stream_queue.hpp"

#include "tests/unit_test.hpp"

namespace stream_queue_tests {

using closedpaw::http::stream_queue;
using end = stream_queue::end;

struct counted {
  explicit counted(std::size_t limit) : queue{limit, [this] { ++wakes; }} {}
  int wakes = 0;
  stream_queue queue;
};

CAF_TEST(what gathers wakes the session once) {
  counted c{100};
  CAF_CHECK(c.queue.push("ab"));
  CAF_CHECK(c.queue.push("cd"));
  CAF_CHECK_EQUAL(c.wakes, 1);
  CAF_CHECK_EQUAL(c.queue.take().bytes, "abcd");
  CAF_CHECK(c.queue.push("e"));
  CAF_CHECK_EQUAL(c.wakes, 2);
  CAF_CHECK(c.queue.take().then == end::open);
}

CAF_TEST(bytes count until they are written) {
  counted c{10};
  CAF_CHECK(c.queue.push("123456"));
  CAF_CHECK_EQUAL(c.queue.take().bytes.size(), 6u);
  // Taken, and not yet written.
  CAF_CHECK(c.queue.push("7890"));
  CAF_CHECK_EQUAL(c.queue.take().bytes, "7890");
  CAF_CHECK(c.queue.push("123456"));
  CAF_CHECK(!c.queue.push("1"));
  CAF_CHECK(c.queue.take().then == end::overflowed);
  CAF_CHECK(!c.queue.push("1"));
}

CAF_TEST(close ends it after what was pushed) {
  counted c{10};
  CAF_CHECK(c.queue.push("ab"));
  c.queue.take();
  c.queue.close();
  c.queue.close();
  CAF_CHECK_EQUAL(c.wakes, 2);
  CAF_CHECK(!c.queue.push("cd"));
  const auto last = c.queue.take();
  CAF_CHECK_EQUAL(last.bytes, "");
  CAF_CHECK(last.then == end::closed);
}

CAF_TEST(nothing is kept for a reader that is gone) {
  counted c{10};
  c.queue.abandon();
  CAF_CHECK(!c.queue.push("ab"));
  c.queue.close();
  CAF_CHECK_EQUAL(c.wakes, 0);
}

CAF_TEST(a reader that has caught up is told) {
  counted c{10};
  int told = 0;
  c.queue.push("123456");
  CAF_CHECK(c.queue.congested());
  c.queue.watch([&] { ++told; });
  CAF_CHECK_EQUAL(told, 0);
  c.queue.take();
  // Still on its way to the socket.
  CAF_CHECK(c.queue.congested());
  CAF_CHECK_EQUAL(told, 0);
  c.queue.take();
  CAF_CHECK(!c.queue.congested());
  CAF_CHECK_EQUAL(told, 1);
  c.queue.take();
  CAF_CHECK_EQUAL(told, 1);
}

CAF_TEST(who watches is told at once when there is nothing to wait for) {
  counted c{10};
  int told = 0;
  c.queue.watch([&] { ++told; });
  CAF_CHECK_EQUAL(told, 1);
  c.queue.abandon();
  CAF_CHECK_EQUAL(told, 2);
  CAF_CHECK(c.queue.gone());
}

}  // namespace stream_queue_tests
