#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messages/model/access_token.hpp"
#include "messages/model/action.hpp"
#include "messages/model/error.hpp"

namespace closedpaw::http {

enum class method : std::uint8_t { get, head, post, put, patch, del, options };

std::string_view to_string(method x);

using header = std::pair<std::string, std::string>;

/// One request, read completely and already past the checks of peer, Host and
/// Origin. Header names are lower case.
struct request {
  method verb = method::get;
  /// The decoded path is not given: '%2F' must not become a separator.
  std::string path;
  /// Without the question mark; still percent-encoded.
  std::string query;
  std::vector<header> headers;
  std::string body;
  /// Who asks: at first whoever is at the other end of the connection.
  principal peer;
  /// From our own machine; its user is known.
  bool local = true;
  /// What they may, and by which token; see security::identify().
  scope_set scopes{};
  std::string token_id{};
  /// Accepted X-Request-Id or a new one; echoed in the answer.
  std::string id;
  /// Accepted W3C traceparent, or empty.
  std::string traceparent;

  /// First value, or empty.
  std::string_view header_value(std::string_view lower_case_name) const;
};

/// A bounded queue of bytes between a producer on any thread and one streaming
/// response. Thread-safe.
class byte_stream {
 public:
  virtual ~byte_stream() = default;
  /// False once the client is gone, or when it reads too slowly and the bound
  /// was reached: the stream then ends and the producer forgets it.
  virtual bool push(std::string chunk) = 0;
  /// Ends the response after what was pushed.
  virtual void close() = 0;
  /// Nobody reads any more.
  virtual bool gone() const = 0;
  /// The reader is behind: what can wait should, until `watch` tells.
  virtual bool congested() const = 0;
  /// `changed` is called, from any thread, when the stream is no longer
  /// congested and when nobody reads any more; at once if that is so already.
  /// It must not block.
  virtual void watch(std::function<void()> changed) = 0;
};

struct response {
  unsigned status = 200;
  /// Content-Type included; Content-Length, Date, X-Request-Id and CORS are
  /// added by the session.
  std::vector<header> headers{};
  /// Shared so that a cached body is never copied.
  std::shared_ptr<const std::string> body{};
  /// Set for a streaming answer (server-sent events): called on the event
  /// loop's thread once the header is sent; the body is then ignored.
  std::function<void(std::shared_ptr<byte_stream>)> stream{};
};

response json_response(unsigned status, std::string body);
/// `{"detail": message, "code": name, …extra}` with Retry-After when known.
response error_response(const failure& error);

/// What a handler tells of a request beyond its answer.
struct request_notes {
  /// The pattern of its route, for measures; must outlive the server.
  std::string_view route{};
  /// Complete header lines of every answer that it gets.
  std::string fields{};
};

/// The one way to answer a request that left the event loop. Movable,
/// thread-safe to use from any one thread. Destroyed without an answer it
/// answers 500 and names the request id: no request is left without an answer.
class reply_slot {
 public:
  using deliver_fn = std::function<void(response)>;
  using watch_fn = std::function<void(std::function<void()>)>;

  reply_slot() = default;
  /// `notes`: the session's; may be null.
  reply_slot(std::string request_id, deliver_fn deliver, watch_fn watch = {},
             request_notes* notes = nullptr);
  reply_slot(reply_slot&& other) noexcept;
  reply_slot& operator=(reply_slot&& other) noexcept;
  reply_slot(const reply_slot&) = delete;
  reply_slot& operator=(const reply_slot&) = delete;
  ~reply_slot();

  /// Answers; later calls do nothing.
  void answer(response r);
  /// `left` is called, on the event loop's thread, if the client goes before
  /// the answer.
  void when_gone(std::function<void()> left);
  /// Only before the slot is moved, in the handler's thread.
  void set_route(std::string_view pattern) {
    if (notes_)
      notes_->route = pattern;
  }
  /// The same.
  void add_fields(std::string_view lines) {
    if (notes_)
      notes_->fields += lines;
  }
  bool pending() const { return static_cast<bool>(deliver_); }
  const std::string& request_id() const { return request_id_; }

 private:
  std::string request_id_;
  deliver_fn deliver_;
  watch_fn watch_;
  /// The session's; null in every slot that was moved to.
  request_notes* notes_ = nullptr;
};

/// One request that was answered. Of a stream, only until its head was ready.
struct answered_request {
  method verb = method::get;
  /// The pattern of its route; empty where none was found.
  std::string_view route;
  unsigned status = 0;
  std::chrono::nanoseconds took{};
};

/// What the listener calls for each request, on the event loop's thread. Either
/// answers at once (the value) or takes the slot along and returns nothing.
/// Must not block and must not throw.
using request_handler =
    std::function<std::optional<response>(request&&, reply_slot&)>;

}  // namespace closedpaw::http
