#pragma once

#include "actors/providers/provider.hpp"
#include "tests/actor/mocks.hpp"

namespace closedpaw::providers::test {

using closedpaw::contains;
using closedpaw::test::ask_now;
using closedpaw::test::test_now;
using std::chrono::milliseconds;
using strings = std::vector<std::string>;
using chat_outcome =
    std::shared_ptr<closedpaw::test::outcome<chat_reply_payload>>;

/// Reads what is streamed.
struct reader_mock final : delta_sink {
  bool claim(const void* writer) override {
    if (!text.empty() && author != writer)
      return false;
    author = writer;
    return true;
  }
  bool push(const void* writer, std::string_view piece) override {
    if (writer != author)
      return false;
    text += piece;
    return !left;
  }
  void refuses(const void* writer) override { refused = writer == author; }
  bool congested() const override { return behind; }
  bool gone() const override { return left; }
  void when_ready(std::function<void()> f) override { resume = std::move(f); }
  void on_gone(std::function<void()> f) override { leave = std::move(f); }

  std::string text;
  const void* author = nullptr;
  bool behind = false;
  bool left = false;
  bool refused = false;
  std::function<void()> resume;
  std::function<void()> leave;
};

/// One provider among mocks: an HTTP client that records what it is to fetch
/// and answers when told, and a vault.
class provider_fixture : public closedpaw::test::fixture {
 public:
  explicit provider_fixture(const std::string& type = "ollama");
  ~provider_fixture() override { end(); }

  struct fetch {
    http::client_request request;
    http::client::callback done;
    std::shared_ptr<bool> cancelled = std::make_shared<bool>(false);
  };

  /// Begins a life.
  void start();
  chat_outcome chat(const std::string& model = "m1",
                    const std::string& stream_id = "",
                    uuid action = make_uuid(test_now()));

  /// Answers the oldest fetch that is open.
  void answer(unsigned status, std::string body,
              std::vector<std::pair<std::string, std::string>> headers = {});
  void refuse(failure why);
  void answer_chat(const std::string& text = "hello");
  /// The open fetch that a probe made.
  void answer_models();
  std::size_t open() const { return fetches.size(); }
  const http::client_request& asked() const { return fetches.at(0).request; }

  const provider_view& seen() {
    shown = view->get();
    return *shown;
  }
  /// "code" and, in order, those of the tries before.
  static std::string tries(const chat_outcome& x);

  provider_args args;
  generation gen;
  std::shared_ptr<published<provider_view>> view;
  std::shared_ptr<const provider_view> shown;
  stream_hub streams;
  std::deque<fetch> fetches;
  bool hides_listings = false;
  std::optional<std::string> stored_key = "sk-1";
  strings announced;
  closedpaw::test::place<vault_actor> vault_place =
      make_place<vault_actor>("the vault");
  closedpaw::test::place<provider_actor> own_place =
      make_place<provider_actor>("provider p");
  provider_actor sut;
};

}  // namespace closedpaw::providers::test
