#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/model/framing.hpp"
#include "messages/model/json.hpp"
#include "messages/model/provider.hpp"

namespace closedpaw::providers::codec {

/// What one message of a vendor's stream adds to the reply.
struct stream_step {
  std::string text{};
  /// The vendor says that this was the last message.
  bool last = false;
};

/// What is known of a reply so far.
struct partial_reply : chat_reply {
  /// The vendor's own numbers of tool_calls, where it has some.
  std::vector<std::optional<std::uint64_t>> call_numbers{};
};

/// A vendor's reading of one message; updates what it knows of the reply but
/// for the text.
using read_step = result<stream_step> (*)(const frame& message,
                                          partial_reply& reply);

/// One streamed answer, decoded piece by piece. Used by one thread.
class stream_decoder {
 public:
  stream_decoder(std::string_view vendor, std::unique_ptr<framer> framing,
                 read_step read)
      : vendor_{vendor}, framing_{std::move(framing)}, read_{read} {}

  /// The text that these bytes add; may be empty. After a failure the stream is
  /// worth nothing more.
  result<std::string> feed(std::string_view bytes);

  /// At the end of the body: the whole reply, or upstream_malformed when the
  /// vendor had not said that it was complete.
  result<chat_reply> finish();

  /// The text says why there is no answer.
  bool refused() const { return reply_.refused; }

  /// Nothing that follows counts.
  bool complete() const { return complete_; }

 private:
  template <class Step>
  result<std::string> collect(Step&& step);
  failure malformed(std::string_view what) const;

  std::string vendor_;
  std::unique_ptr<framer> framing_;
  read_step read_;
  partial_reply reply_;
  /// Comes after the text that preceded it, however the pieces are cut.
  std::optional<failure> trouble_;
  bool complete_ = false;
};

/// The JSON object of a message, for the readers.
result<json> frame_object(std::string_view vendor, const frame& message);

/// A message that is not the protocol.
failure malformed_frame(std::string_view vendor, std::string_view what,
                        const frame& message);

/// A failure that the vendor reports within the stream.
failure stream_failure(std::string_view vendor, const json& error);

}  // namespace closedpaw::providers::codec
