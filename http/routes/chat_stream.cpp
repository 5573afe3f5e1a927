#include "http/routes/chat_stream.hpp"

#include "http/routes/event_hub.hpp"
#include "http/routes/openai_wire.hpp"
#include "http/routes/render.hpp"

namespace closedpaw::http {

namespace {

/// What may gather before the header is sent.
constexpr std::size_t early_limit = 65'536;

class native final : public chat_writer {
 public:
  std::string begin() override { return {}; }
  std::string delta(std::string_view text) override {
    return sse_frame({}, "delta", dump({{"text", text}}));
  }
  std::string end(const action& row) override {
    const auto result = row.result.value();
    auto out =
        sse_frame({}, "usage",
                  dump({{"prompt_tokens", result["prompt_tokens"]},
                        {"completion_tokens", result["completion_tokens"]}}));
    return out + sse_frame({}, "end",
                           dump({{"action_id", to_string(row.id)},
                                 {"status", to_string(row.status)},
                                 {"model", result["model"]},
                                 {"provider", result["provider"]},
                                 {"finish_reason", result["finish_reason"]}}));
  }
  std::string fail(const failure& why) override {
    const auto answer = error_response(why);
    return sse_frame({}, "error", *answer.body);
  }
  response refuse(const failure& why) override { return error_response(why); }
};

}  // namespace

std::unique_ptr<chat_writer> native_writer() {
  return std::make_unique<native>();
}

std::unique_ptr<chat_writer> writer_for(const run_chat& asked, timestamp now) {
  return asked.form == chat_form::openai ? completion_writer(asked, now)
                                         : native_writer();
}

/// Travels with the answer. If the session is gone before it opens the stream,
/// nobody ever reads.
class chat_stream::attachment {
 public:
  explicit attachment(std::shared_ptr<chat_stream> owner)
      : owner_{std::move(owner)} {}
  attachment(const attachment&) = delete;
  attachment& operator=(const attachment&) = delete;
  ~attachment() {
    if (!used_)
      owner_->abandon();
  }
  void use(std::shared_ptr<byte_stream> out) {
    used_ = true;
    owner_->attach(std::move(out));
  }

 private:
  std::shared_ptr<chat_stream> owner_;
  bool used_ = false;
};

chat_stream::chat_stream(reply_slot reply, std::unique_ptr<chat_writer> writer)
    : reply_{std::move(reply)}, writer_{std::move(writer)} {}

void chat_stream::watch_client() {
  reply_.when_gone([weak = weak_from_this()] {
    if (const auto self = weak.lock())
      self->abandon();
  });
}

// Without the lock: an answer that nobody takes destroys what it carries here.
void chat_stream::send_header() {
  response answer;
  answer.headers = {{"Content-Type", "text/event-stream"},
                    {"Cache-Control", "no-store"}};
  answer.stream = [held = std::make_shared<attachment>(shared_from_this())](
                      std::shared_ptr<byte_stream> out) {
    held->use(std::move(out));
  };
  reply_.answer(std::move(answer));
}

bool chat_stream::begin() {
  if (std::exchange(opened_, true))
    return false;
  early_ = writer_->begin();
  return true;
}

bool chat_stream::claim(const void* writer) {
  const lock held{mutex_};
  if (opened_ && author_ != writer)
    return false;
  author_ = writer;
  return true;
}

bool chat_stream::push(const void* writer, std::string_view text) {
  lock held{mutex_};
  if (gone_ || ended_ || author_ != writer)
    return false;
  const bool first = begin();
  write(refused_ ? writer_->refusal(text) : writer_->delta(text));
  const bool read = !gone_;
  held.unlock();
  if (first)
    send_header();
  return read;
}

void chat_stream::refuses(const void* writer) {
  const lock held{mutex_};
  refused_ = refused_ || author_ == writer;
}

void chat_stream::write(std::string text) {
  if (!out_)
    early_ += text;
  else if (!text.empty() && !out_->push(std::move(text)))
    gone_ = true;
}

void chat_stream::finish(lock& held, std::string text) {
  ended_ = true;
  const bool first = begin();
  write(std::move(text));
  if (out_)
    out_->close();
  tell(held);
  if (first)
    send_header();
}

void chat_stream::end(const action& row) {
  if (row.status != action_status::completed) {
    fail(failure_of(row));
    return;
  }
  lock held{mutex_};
  if (!ended_)
    finish(held, writer_->end(row));
}

void chat_stream::fail(const failure& why) {
  lock held{mutex_};
  if (ended_)
    return;
  if (opened_) {
    finish(held, writer_->fail(why));
    return;
  }
  ended_ = true;
  tell(held);
  reply_.answer(writer_->refuse(why));
}

void chat_stream::attach(std::shared_ptr<byte_stream> out) {
  lock held{mutex_};
  out_ = std::move(out);
  if (auto early = std::exchange(early_, {});
      !early.empty() && !out_->push(std::move(early)))
    gone_ = true;
  const auto stream = out_;
  if (ended_)
    stream->close();
  held.unlock();
  stream->watch([weak = weak_from_this()] {
    if (const auto self = weak.lock()) {
      lock now{self->mutex_};
      self->gone_ = self->gone_ || self->out_->gone();
      self->tell(now);
    }
  });
}

void chat_stream::abandon() {
  lock held{mutex_};
  gone_ = true;
  tell(held);
}

void chat_stream::tell(lock& held) {
  std::function<void()> resume;
  std::function<void()> left;
  if (gone_ || ended_ || !is_behind())
    resume = std::exchange(resume_, nullptr);
  if (gone_ || ended_)
    left = std::exchange(left_, nullptr);
  held.unlock();
  if (resume)
    resume();
  if (left)
    left();
}

bool chat_stream::is_behind() const {
  return out_ ? out_->congested() : early_.size() > early_limit;
}

bool chat_stream::congested() const {
  const lock held{mutex_};
  return !gone_ && !ended_ && is_behind();
}

bool chat_stream::gone() const {
  const lock held{mutex_};
  return gone_ || ended_;
}

void chat_stream::when_ready(std::function<void()> resume) {
  lock held{mutex_};
  resume_ = std::move(resume);
  tell(held);
}

void chat_stream::on_gone(std::function<void()> left) {
  lock held{mutex_};
  left_ = std::move(left);
  tell(held);
}

}  // namespace closedpaw::http
