#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "http/server/exchange.hpp"
#include "messages/model/action.hpp"
#include "messages/model/command.hpp"
#include "messages/model/delta_sink.hpp"

namespace closedpaw::http {

/// How a streamed chat is written (server-sent events, WHATWG HTML 9.2). Each
/// function gives whole events.
class chat_writer {
 public:
  virtual ~chat_writer() = default;
  virtual std::string begin() = 0;
  virtual std::string delta(std::string_view text) = 0;
  /// Of a text that says why there is no answer.
  virtual std::string refusal(std::string_view text) { return delta(text); }
  /// Of an action that completed.
  virtual std::string end(const action& row) = 0;
  virtual std::string fail(const failure& why) = 0;
  /// The answer when nothing was streamed yet.
  virtual response refuse(const failure& why) = 0;
};

/// Our own: `delta` {"text"}, `usage`, `end` {"action_id", "model", …} or
/// `error` {"detail", "code"}.
std::unique_ptr<chat_writer> native_writer();

/// In the form that the chat was asked for.
std::unique_ptr<chat_writer> writer_for(const run_chat& asked, timestamp now);

/// One streamed chat: the answer's status waits for the first delta or for the
/// end, so that whatever goes wrong before has its own status; after that the
/// stream says it. Thread-safe.
class chat_stream final : public delta_sink,
                          public std::enable_shared_from_this<chat_stream> {
 public:
  chat_stream(reply_slot reply, std::unique_ptr<chat_writer> writer);

  /// Once, before anything is pushed: a client that goes before the first delta
  /// is noticed too.
  void watch_client();

  bool claim(const void* writer) override;
  bool push(const void* writer, std::string_view text) override;
  void refuses(const void* writer) override;
  bool congested() const override;
  bool gone() const override;
  void when_ready(std::function<void()> resume) override;
  void on_gone(std::function<void()> left) override;

  /// The action is at its end.
  void end(const action& row);
  void fail(const failure& why);

 private:
  class attachment;

  using lock = std::unique_lock<std::mutex>;

  /// These three need the lock; the third gives it back.
  bool begin();
  void write(std::string text);
  void finish(lock& held, std::string text);
  void send_header();
  void attach(std::shared_ptr<byte_stream> out);
  void abandon();
  /// Calls whoever waits; gives the lock back.
  void tell(lock& held);
  bool is_behind() const;

  mutable std::mutex mutex_;
  reply_slot reply_;
  const std::unique_ptr<chat_writer> writer_;
  /// Null until the header was sent.
  std::shared_ptr<byte_stream> out_;
  /// What came before that.
  std::string early_;
  bool opened_ = false;
  /// Whose text counts.
  const void* author_ = nullptr;
  bool refused_ = false;
  bool ended_ = false;
  bool gone_ = false;
  std::function<void()> resume_;
  std::function<void()> left_;
};

}  // namespace closedpaw::http
