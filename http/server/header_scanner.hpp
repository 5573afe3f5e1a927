#pragma once

#include <cstddef>
#include <string_view>

namespace closedpaw::http {

/// Finds the end of a header block as bytes arrive, and refuses what the parser
/// behind it would wait for or let pass: lines that end without CR, folded
/// fields (RFC 9112, section 5.2), and what is not HTTP at all (TLS). Pure.
class header_scanner {
 public:
  enum class verdict { need_more, complete, malformed, too_large };

  explicit header_scanner(std::size_t limit) : limit_{limit} {}

  /// `bytes` is everything received of this message, so it begins with what the
  /// previous call saw; only the unfinished line is looked at again.
  verdict scan(std::string_view bytes);

  /// Bytes of the block with its empty line; after `complete`.
  std::size_t size() const { return at_; }
  /// Why it is malformed.
  const char* reason() const { return reason_; }
  void reset() { at_ = 0; }

 private:
  verdict refuse(const char* reason);

  std::size_t limit_;
  /// Where the line that is looked at begins.
  std::size_t at_ = 0;
  const char* reason_ = "";
};

}  // namespace closedpaw::http
