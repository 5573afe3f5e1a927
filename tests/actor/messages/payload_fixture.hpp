#pragma once

#include "tests/actor/fixture.hpp"

namespace closedpaw::test {

inline uuid some_id(std::uint8_t n) {
  uuid out;
  out.bytes[0] = n;
  out.bytes[15] = 0xff;
  return out;
}

inline command_context full_context() {
  return {
      {"local", "uid:4"}, "r3", "00-trace-parent-01", {{"k", json{{"n", 1}}}}};
}

struct payload_fixture : fixture {
  /// As it travels between nodes: inside a message.
  template <class T>
  T travel(const T& x) {
    const auto received = roundtrip(caf::make_message(x));
    CAF_REQUIRE(received.template match_elements<T>());
    return received.template get_as<T>(0);
  }

  void check_context(const command_context& x) {
    CAF_CHECK(x.peer == full_context().peer);
    CAF_CHECK_EQUAL(x.request_id, full_context().request_id);
    CAF_CHECK_EQUAL(x.traceparent, full_context().traceparent);
    CAF_REQUIRE_EQUAL(x.with.size(), 1U);
    CAF_CHECK_EQUAL(x.with[0].key, "k");
    CAF_CHECK_EQUAL(dump(*x.with[0].value), R"({"n":1})");
  }
};

}  // namespace closedpaw::test
