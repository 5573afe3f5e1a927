#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "actors/channels/codec/message.hpp"
#include "messages/model/error.hpp"
#include "messages/model/http_message.hpp"

namespace closedpaw::channels::codec {

using std::chrono::milliseconds;
using monotonic_time = std::chrono::steady_clock::time_point;

// What a service wants done, in this order.

/// An HTTP request; the path follows the channel's address, and whoever sends
/// it adds the token. Answered by service::answered.
struct call {
  std::uint64_t id = 0;
  http_request what;
  /// Without an answer for so long it has failed.
  milliseconds patience{0};
};

/// Nobody waits for that call's answer any more.
struct hang_up {
  std::uint64_t id = 0;
};

/// To be recorded, together with the cursor to go on from (which may be all
/// there is). Answered by service::recorded; until then nothing of it is
/// acknowledged to the service, which would deliver it again.
struct take_in {
  std::vector<incoming> messages;
  std::string cursor;
};

/// Messages came that the service had been told to have arrived; only counted.
struct delivered_again {
  std::uint64_t messages = 0;
};

/// Something that was recorded is to be read. Answered by service::was_read.
struct read_back {};

/// A WebSocket. Answered by service::opened, or by service::closed.
struct open_socket {
  std::uint64_t socket = 0;
  /// Whole, and as secret as a token.
  std::string url;
};

struct send_text {
  std::uint64_t socket = 0;
  std::string text;
  /// Whoever sends it puts the token in.
  bool with_token = false;
};

/// Says goodbye with that code. The service hears no more of it.
struct close_socket {
  std::uint64_t socket = 0;
  std::uint16_t code = 1000;
};

/// How a WebSocket ended: with the peer's code, or without one.
struct socket_end {
  std::optional<std::uint16_t> code;
  std::string reason;
  failure why;
};

/// The protocol's own exchange succeeded: the proof that the channel lives.
struct proven {
  std::string what;
};

/// It did not, and is tried again by itself.
struct troubled {
  failure why;
  milliseconds again_in{0};
  /// Only what we say does not arrive.
  bool sending = false;
};

/// A secret that the service issued, for this run only.
struct obtained {
  std::string name;
  std::string secret;
};

/// An outgoing was shown whole.
struct said {
  std::string id;
};

/// It never will be.
struct unsaid {
  std::string id;
  failure why;
};

using effect = std::variant<call, hang_up, open_socket, send_text, close_socket,
                            take_in, delivered_again, read_back, proven,
                            troubled, obtained, said, unsaid>;

/// What the parts of a service need of it.
struct outward {
  std::function<void(effect)> emit;
  /// A number for the next call.
  std::function<std::uint64_t()> next_call;
  /// Uniform in [0, 1).
  std::function<double()> chance;
};

/// One service's protocol without sockets, clocks or tokens (a sans-I/O state
/// machine): events in, effects out. Used by one thread at a time. Whoever runs
/// it calls tick() at wakes_at(), and take() after each event.
class service {
 public:
  service() = default;
  service(const service&) = delete;
  service& operator=(const service&) = delete;
  virtual ~service() = default;

  /// Begins, from where an earlier run had got to (empty: the first one).
  virtual void start(std::string_view cursor, monotonic_time now) = 0;
  virtual void answered(std::uint64_t call, result<http_reply> reply,
                        monotonic_time now) = 0;
  // Of those that open WebSockets.
  virtual void opened(std::uint64_t /*socket*/, monotonic_time /*now*/) {}
  virtual void received(std::uint64_t /*socket*/, std::string_view /*text*/,
                        monotonic_time /*now*/) {}
  /// A ping or its answer.
  virtual void alive(std::uint64_t /*socket*/, monotonic_time /*now*/) {}
  virtual void closed(std::uint64_t /*socket*/, const socket_end& /*how*/,
                      monotonic_time /*now*/) {}
  // Of those whose users come to us.
  virtual void was_read(const result<void>& /*done*/, monotonic_time /*now*/) {}
  /// Everything that was taken in is recorded.
  virtual void recorded(monotonic_time now) = 0;
  /// The machine slept, or the network changed: what is under way may be dead.
  virtual void resumed(monotonic_time now) = 0;
  virtual void say(outgoing message, monotonic_time now) = 0;
  virtual void tick(monotonic_time now) = 0;
  /// The next moment at which something is due.
  virtual std::optional<monotonic_time> wakes_at() const = 0;

  std::vector<effect> take() { return std::exchange(effects_, {}); }

 protected:
  void emit(effect x) { effects_.push_back(std::move(x)); }
  std::uint64_t next_socket() { return ++sockets_; }
  /// For the parts it is made of.
  outward outwards(std::function<double()> chance) {
    return {[this](effect x) { emit(std::move(x)); },
            [this] { return ++calls_; }, std::move(chance)};
  }

 private:
  std::vector<effect> effects_;
  std::uint64_t calls_ = 0;
  std::uint64_t sockets_ = 0;
};

/// What a service is made with.
struct service_options {
  /// A poll is answered within this, or lost; see poll_times.
  milliseconds poll_timeout{30'000};
  /// Uniform in [0, 1): spreads what is tried again.
  std::function<double()> chance;
};

}  // namespace closedpaw::channels::codec
