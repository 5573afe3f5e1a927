#include <map>
#include <set>
#include <string>

#include "actors/channels/codec/kinds.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace closedpaw;
using namespace closedpaw::channels;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view types[] = {"telegram", "discord", "slack", "matrix"};
constexpr unsigned statuses[] = {200, 201, 204, 400, 401, 403,
                                 404, 409, 429, 500, 503};

/// Takes the input apart: one byte for what happens, and a text that ends at
/// the next 0xFF.
class script {
 public:
  script(const std::uint8_t* data, std::size_t size)
      : rest_{fuzz::text(data, size)} {}

  bool empty() const { return rest_.empty(); }
  std::uint8_t byte() {
    if (rest_.empty())
      return 0;
    const auto out = static_cast<std::uint8_t>(rest_.front());
    rest_.erase(0, 1);
    return out;
  }
  std::string text() {
    const auto end = std::min(rest_.find('\xFF'), rest_.size());
    auto out = rest_.substr(0, end);
    rest_.erase(0, std::min(end + 1, rest_.size()));
    return out;
  }

 private:
  std::string rest_;
};

/// Whoever runs a service, as far as the invariants need it.
class runner {
 public:
  explicit runner(std::string_view type)
      : machine_{
            codec::find_kind(type).value().make({30s, [] { return 0.5; }})} {
    machine_->start({}, now_);
    collect();
  }

  void step(script& s) {
    const auto what = s.byte();
    switch (what % 8) {
      case 0:
        answer(statuses[s.byte() % std::size(statuses)], s.text());
        break;
      case 1:
        if (socket_ != 0)
          machine_->received(socket_, s.text(), now_);
        break;
      case 2:
        if (socket_ != 0)
          machine_->opened(socket_, now_);
        break;
      case 3:
        close(s.byte());
        break;
      case 4:
        if (const auto at = machine_->wakes_at()) {
          now_ = std::max(now_, *at);
          machine_->tick(now_);
        }
        break;
      case 5:
        machine_->say({std::to_string(++said_), "5", "7", s.text()}, now_);
        break;
      case 6:
        if (std::exchange(recording_, false))
          machine_->recorded(now_);
        break;
      default:
        machine_->resumed(now_);
    }
    collect();
  }

 private:
  void answer(unsigned status, std::string body) {
    if (calls_.empty())
      return;
    const auto id = *calls_.begin();
    calls_.erase(calls_.begin());
    if (status == 503)
      machine_->answered(id, failure{errc::unreachable, "gone", {}, {}}, now_);
    else
      machine_->answered(
          id, http_reply{status, {{"retry-after", "1"}}, std::move(body)},
          now_);
  }

  void close(std::uint8_t code) {
    if (socket_ == 0)
      return;
    const auto which = std::exchange(socket_, 0);
    machine_->closed(
        which,
        {code == 0
             ? std::nullopt
             : std::optional{static_cast<std::uint16_t>(4000 + code % 16)},
         "why",
         {errc::unreachable, "closed", {}, {}}},
        now_);
  }

  void collect() {
    std::size_t effects = 0;
    for (auto all = machine_->take(); !all.empty(); all = machine_->take())
      for (auto& x : all) {
        fuzz::must(++effects < 10'000, "an event has bounded effects");
        std::visit([this](auto& e) { keep(e); }, x);
      }
  }

  void keep(const codec::call& x) {
    fuzz::must(calls_.insert(x.id).second, "calls have numbers of their own");
    fuzz::must(x.what.path.starts_with('/'), "paths are absolute");
    fuzz::must(x.patience > 0ms, "no call waits for ever");
  }
  void keep(const codec::hang_up& x) { calls_.erase(x.id); }
  void keep(const codec::open_socket& x) { socket_ = x.socket; }
  void keep(const codec::send_text&) {}
  void keep(const codec::close_socket& x) {
    if (x.socket == socket_)
      socket_ = 0;
  }
  void keep(const codec::take_in& x) {
    recording_ = true;
    for (const auto& message : x.messages)
      fuzz::must(!message.id.empty() && !message.sender.empty() &&
                     !message.conversation.empty(),
                 "a message can be told from others and answered");
  }
  void keep(const codec::read_back&) {}
  void keep(const codec::proven&) {}
  void keep(const codec::obtained&) {}
  void keep(const codec::troubled& x) {
    fuzz::must(x.why.message.size() < 2000, "an explanation is bounded");
    fuzz::must(x.again_in >= 0ms && x.again_in <= 25h, "it is tried again");
  }
  void keep(const codec::said& x) { ended(x.id); }
  void keep(const codec::unsaid& x) { ended(x.id); }
  void ended(const std::string& id) {
    fuzz::must(ended_.insert(id).second && ended_.size() <= said_,
               "what is said ends once");
  }

  codec::monotonic_time now_{};
  std::unique_ptr<codec::service> machine_;
  std::set<std::uint64_t> calls_;
  std::uint64_t socket_ = 0;
  bool recording_ = false;
  std::size_t said_ = 0;
  std::set<std::string> ended_;
};

}  // namespace

/// The first byte chooses the service; what follows happens to it.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  script s{data, size};
  runner r{types[s.byte() % std::size(types)]};
  for (int i = 0; i < 200 && !s.empty(); ++i)
    r.step(s);
  return 0;
}
