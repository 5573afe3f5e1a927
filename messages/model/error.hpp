#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace closedpaw {

/// Every error a client, an operator or another actor can meet. The table in
/// error.cpp gives each its name on the wire and its HTTP status.
enum class errc : std::uint8_t {
  /// The body or the query does not have the declared form (422).
  invalid_request = 1,
  /// Well formed, and still not something that can be done (400).
  bad_request,
  /// Nobody says who asks, or the token is none of ours (401).
  unauthenticated,
  /// Refused by policy: peer, Host, Origin, or a feature that is off (403).
  forbidden,
  /// No such route, action, model, provider, skill or node (404).
  not_found,
  /// The route exists, the method does not (405).
  method_not_allowed,
  /// The client took longer to send its request than it may (408).
  request_timeout,
  /// The state changed meanwhile (409).
  conflict,
  /// Body or header block above the limit (413, 431).
  payload_too_large,
  headers_too_large,
  /// A bound was reached: connections, requests in flight, pending (429, 503).
  too_many_requests,
  overloaded,
  /// The upstream refused our credentials or has none (424).
  upstream_refused,
  /// The upstream answered with an error of its own (502).
  upstream_failed,
  /// The upstream answered something that is not its protocol (502).
  upstream_malformed,
  /// The upstream cannot be reached (502).
  unreachable,
  /// A component of ours is not running now (503).
  unavailable,
  /// It needs a secret, and the vault is locked (503).
  vault_locked,
  /// The audit log could not record it, so it was not done (503).
  audit_refused,
  /// Sent to the audit log, which died before it answered (503).
  outcome_unknown,
  /// The store has no room left (507 would be WebDAV's; we answer 503).
  storage_full,
  /// The store is damaged or of a newer schema (500).
  storage_failed,
  /// No answer within the deadline, ours or the upstream's (504).
  timeout,
  /// Belongs to a part that is not built yet (501).
  not_built,
  /// A crash or a restart ended it before its result was known (500).
  interrupted,
  /// A sandbox was ended by a limit, or its program does not work (502).
  sandbox_failed,
  /// The owner took it back (409).
  cancelled,
  /// A defect of ours (500).
  internal,
};

/// The stable name, e.g. "audit_refused".
std::string_view to_string(errc code);

/// The HTTP status a REST client gets for it.
unsigned http_status(errc code);

/// An error as a value: the cause, what to do about it, and what else the
/// client needs to go on (`action_id`, `outcome`, …).
struct failure {
  errc code = errc::internal;
  /// One sentence for a person; names the cause.
  std::string message;
  /// When trying again makes sense; becomes Retry-After (rounded up).
  std::optional<std::chrono::milliseconds> retry_after{};
  /// More members for the answer's body; an object or null.
  nlohmann::json extra{};

  bool operator==(const failure&) const = default;
};

/// Thrown by result<T>::value() when it holds a failure.
struct failure_exception : std::runtime_error {
  explicit failure_exception(failure f)
      : std::runtime_error{f.message}, error{std::move(f)} {}
  failure error;
};

[[noreturn]] void throw_exception_from_error(const failure& f,
                                             const boost::source_location&);

template <class T>
using result = boost::system::result<T, failure>;

}  // namespace closedpaw
