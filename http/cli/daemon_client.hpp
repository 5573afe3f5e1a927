#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "messages/model/json.hpp"
#include "messages/model/secret.hpp"

namespace closedpaw::cli {

/// One event of a stream (server-sent events).
struct daemon_event {
  std::string id;
  std::string type;
  json data;
};

/// Which daemon, and what lets us in.
struct daemon_address {
  /// "http://HOST:PORT", or https from another machine.
  std::string url{};
  /// Empty on its own machine.
  secret_text token{};
  /// PEM certificates that are trusted besides the system's.
  std::string ca_pem{};
};

/// A running daemon, for a command: calls that wait. The io_context is run by a
/// thread of its own; everything else belongs to the caller's thread.
///
/// Failures: the daemon's own ("detail" as the message, its code where it has
/// one), unreachable with what to do, timeout.
class daemon_client {
 public:
  explicit daemon_client(daemon_address where);
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
  /// DELETE; without a body unless it is an object.
  result<json> remove(std::string_view path, const json& body = {});
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

/// It was refused, and would not be with the owner secret.
bool wants_owner_secret(const failure& why);

/// A name or id as a part of a path or query (RFC 3986).
std::string url_encoded(std::string_view text);

}  // namespace closedpaw::cli
