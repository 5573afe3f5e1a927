#include "actors/channels/codec/local.hpp"

#include "actors/channels/codec/backoff.hpp"

namespace closedpaw::channels::codec::local {

namespace {

class local_service final : public service {
 public:
  explicit local_service(service_options options)
      : options_{std::move(options)} {}

  void start(std::string_view, monotonic_time) override { emit(read_back{}); }

  void was_read(const result<void>& done, monotonic_time now) override {
    if (done) {
      wait_.succeeded();
      again_at_ = now + options_.poll_timeout;
      emit(proven{"what was said can be read"});
      return;
    }
    const auto wait = wait_.failed(done.error(), options_.chance());
    again_at_ = now + wait;
    emit(troubled{done.error(), wait, false});
  }

  void say(outgoing message, monotonic_time) override {
    emit(said{std::move(message.id)});
  }

  void answered(std::uint64_t, result<http_reply>, monotonic_time) override {}
  void recorded(monotonic_time) override {}
  void resumed(monotonic_time now) override { again_at_ = now; }

  void tick(monotonic_time now) override {
    if (!again_at_ || *again_at_ > now)
      return;
    again_at_.reset();
    emit(read_back{});
  }

  std::optional<monotonic_time> wakes_at() const override { return again_at_; }

 private:
  service_options options_;
  backoff wait_;
  std::optional<monotonic_time> again_at_;
};

}  // namespace

std::unique_ptr<service> make(service_options options) {
  return std::make_unique<local_service>(std::move(options));
}

}  // namespace closedpaw::channels::codec::local
