#pragma once

#include <optional>
#include <string>

#include "http/client/connection.hpp"

namespace closedpaw::http::client_detail {

struct exchange_outcome {
  std::optional<failure> error;
  client_response response;
  /// The connection can carry another exchange.
  bool reusable = false;
  /// The peer was gone before any byte of an answer.
  bool lost_before_answer = false;
  /// Not one byte of the request left us.
  bool nothing_written = false;
};

/// One request and its answer (RFC 9112) over an open connection, under the
/// job's first-byte, idle and total deadlines.
task<exchange_outcome> exchange(job& j, connection& c, const std::string& head);

}  // namespace closedpaw::http::client_detail
