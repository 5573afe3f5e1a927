#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/server/exchange.hpp"

namespace closedpaw::http {

/// Why a request is not served, with the status that says so.
struct refusal {
  unsigned status = 400;
  failure error;
};

/// Reads requests off a byte stream (RFC 9112), with Beast's parser and what
/// it leaves to its user: limits on the header block, no field twice that
/// decides, no conflicting lengths, no target but path or absolute form. Knows
/// no socket. Not thread-safe.
class request_reader {
 public:
  enum class progress {
    /// Give more bytes.
    need_more,
    /// `message` is complete but for its body; go on feeding.
    header_read,
    /// `message` is complete; call `reset` before the next one.
    done,
    /// See `why`; nothing more can be read from this stream.
    refused,
  };

  request_reader(std::size_t max_header, std::uint64_t max_body);
  ~request_reader();
  request_reader(const request_reader&) = delete;
  request_reader& operator=(const request_reader&) = delete;

  /// Consumes a prefix of `bytes`; what is left over is to be given again.
  /// Says `header_read` once for each request, also for those without a body.
  progress feed(std::string_view bytes, std::size_t& consumed);
  void reset();

  /// verb, path, query, headers and body are filled; the rest is the caller's.
  request& message();
  const refusal& why() const;

  // After `header_read`:
  bool keep_alive() const;
  bool has_body() const;
  bool is_http_1_1() const;
  /// Expect: 100-continue, and HTTP/1.1.
  bool expects_continue() const;
  /// The host of an absolute-form target.
  const std::optional<std::string>& authority() const;

 private:
  class parser;
  struct core;
  std::unique_ptr<core> core_;
};

}  // namespace closedpaw::http
