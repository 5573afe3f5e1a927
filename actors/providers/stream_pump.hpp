#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "actors/providers/codec/stream_decoder.hpp"
#include "http/client/client.hpp"
#include "messages/model/delta_sink.hpp"

namespace closedpaw::providers {

/// Between one try of a streamed answer and its reader: decodes in the thread
/// of the HTTP client, so that no actor is woken for each delta, and holds the
/// upstream back while the reader is behind.
class stream_pump final : public http::body_sink {
 public:
  stream_pump(std::unique_ptr<codec::stream_decoder> decoder,
              std::shared_ptr<delta_sink> reader)
      : decoder_{std::move(decoder)}, reader_{std::move(reader)} {}

  /// Before the fetch: false when the reader has text of another try.
  bool claim() { return reader_->claim(this); }

  bool write(std::string_view bytes) override;
  bool is_enough() const override { return decoder_->complete(); }
  bool wants_pause() override { return reader_->congested(); }
  void when_ready(std::function<void()> resume) override {
    reader_->when_ready(std::move(resume));
  }

  // After the fetch has ended; the client's last write happens before.

  /// What the stream amounted to.
  result<chat_reply> finish();
  /// The vendor had said that this was all.
  bool complete() const { return decoder_->complete(); }

  // At any time.

  /// Some of the text was shown.
  bool showed_something() const { return showed_; }
  bool reader_gone() const { return reader_->gone(); }

 private:
  std::unique_ptr<codec::stream_decoder> decoder_;
  std::shared_ptr<delta_sink> reader_;
  std::optional<failure> trouble_;
  std::atomic<bool> showed_ = false;
};

}  // namespace closedpaw::providers
