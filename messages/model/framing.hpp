#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "messages/model/error.hpp"

/// Cuts a streamed answer into messages, whatever the borders of the pieces in
/// which it arrives: they may lie within a line, an event or a UTF-8 sequence.
namespace closedpaw {

/// One message of a stream.
struct frame {
  /// The event's type; empty where the framing has none.
  std::string_view event;
  std::string_view data;
  /// Where to go on from: the last one that was given, by this or an earlier
  /// message.
  std::string_view id{};
};

/// False stops: the rest is not looked at.
using frame_handler = std::function<bool(const frame&)>;

class framer {
 public:
  virtual ~framer() = default;
  /// Calls `handle` for each message that these bytes complete. False when a
  /// line or an event is longer than the limit.
  virtual bool feed(std::string_view bytes, const frame_handler& handle) = 0;
  /// The stream is over: a last line need not end in a line break.
  virtual bool end(const frame_handler& handle) = 0;
};

/// Longest line and longest event, in bytes.
inline constexpr std::size_t max_frame_bytes = 1 << 20;

/// Server-sent events (WHATWG HTML, section 9.2.6): LF, CR and CR LF, comments,
/// data over several lines. An event that the end cuts off is dropped.
class sse_framer final : public framer {
 public:
  explicit sse_framer(std::size_t limit = max_frame_bytes) : limit_{limit} {}
  bool feed(std::string_view bytes, const frame_handler& handle) override;
  bool end(const frame_handler&) override { return true; }

 private:
  bool line(std::string_view text, const frame_handler& handle);
  bool field(std::string_view name, std::string_view value);
  bool dispatch(const frame_handler& handle);

  std::size_t limit_;
  std::string line_;
  std::string event_;
  std::string id_;
  std::string data_;
  bool has_data_ = false;
  bool after_cr_ = false;
  bool at_start_ = true;
  bool stopped_ = false;
};

/// One JSON text per line (as Ollama streams); blank lines mean nothing.
class line_framer final : public framer {
 public:
  explicit line_framer(std::size_t limit = max_frame_bytes) : limit_{limit} {}
  bool feed(std::string_view bytes, const frame_handler& handle) override;
  bool end(const frame_handler& handle) override;

 private:
  std::size_t limit_;
  std::string line_;
  bool stopped_ = false;
};

}  // namespace closedpaw
