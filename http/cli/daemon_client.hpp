#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "messages/model/json.hpp"

namespace closedpaw::cli {

/// One event of a stream (server-sent events).
struct daemon_event {
  std::string id;
  std::string type;
  json data;
};

/// A running daemon, for a command: calls that wait. The io_context is run by a
/// thread of its own; everything else belongs to the caller's thread.
///
/// Failures: the daemon's own ("detail" as the message, its code where it has
/// one), unreachable with what to do, timeout.
class daemon_client {
 public:
  /// "http://HOST:PORT"
  explicit daemon_client(std::string base_url);
  daemon_client(const daemon_client&) = delete;
  daemon_client& operator=(const daemon_client&) = delete;
  ~daemon_client();

  /// The path is absolute, with its query. An object or list in the answer.
  result<json> get(std::string_view path);
  /// One page of a list, and the path of the next one; empty at the end.
  struct page {
    json items;
    std::string next;
  };
  result<page> get_page(std::string_view path);
  /// The answer's body as it is.
  result<std::string> get_text(std::string_view path);
  result<json> post(std::string_view path, const json& body);
  /// DELETE
  result<json> remove(std::string_view path);
  /// Hands the answer's body on line by line, as it comes, in another thread;
  /// `line` returns false to end it. Returns when it has ended.
  result<void> read_lines(std::string_view path,
                          std::function<bool(std::string_view)> line);

  /// Begins to read a stream; an earlier one ends. Goes on after the last event
  /// that was seen, also after the daemon was away.
  void follow(std::string_view path);
  /// The next event of the stream, if one comes in time. An event of type
  /// "reconnected" says that the stream had ended and is open again.
  std::optional<daemon_event> next_event(std::chrono::milliseconds within);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

/// A name or id as a part of a path or query (RFC 3986).
std::string url_encoded(std::string_view text);

}  // namespace closedpaw::cli
