#define CAF_SUITE routes_chat_stream

#include "http/routes/chat_stream.hpp"
#include "http/routes/openai_wire.hpp"
#include "tests/unit/http/routes/api_fixture.hpp"
#include "tests/unit_test.hpp"

namespace routes_chat_stream_tests {

using namespace closedpaw;
using namespace closedpaw::http;

struct pipe final : byte_stream {
  bool push(std::string chunk) override {
    if (lost)
      return false;
    text += chunk;
    return true;
  }
  void close() override { closed = true; }
  bool gone() const override { return lost; }
  bool congested() const override { return behind; }
  void watch(std::function<void()> f) override {
    changed = std::move(f);
    if (!behind || lost)
      changed();
  }

  std::string text;
  bool closed = false;
  bool behind = false;
  bool lost = false;
  std::function<void()> changed;
};

/// A stream with the session's part played by the test.
struct world {
  explicit world(const run_chat& asked = {}) {
    reply_slot slot{"r1",
                    [this](response r) {
                      ++answers;
                      if (session_there)
                        answer = std::move(r);
                    },
                    [this](std::function<void()> f) { leave = std::move(f); }};
    stream = std::make_shared<chat_stream>(std::move(slot),
                                           writer_for(asked, test::noon));
    stream->watch_client();
    stream->claim(this);
  }
  void open() {
    CAF_REQUIRE(answer && answer->stream);
    answer->stream(out);
  }

  bool push(std::string_view text) { return stream->push(this, text); }

  action done() const {
    action row;
    row.status = action_status::completed;
    row.result = json{{"response", "Hello"}, {"model", "m1"},
                      {"provider", "p"},     {"finish_reason", "length"},
                      {"prompt_tokens", 5},  {"completion_tokens", 7}};
    return row;
  }

  std::function<void()> leave;
  bool session_there = true;
  int answers = 0;
  std::optional<response> answer;
  std::shared_ptr<pipe> out = std::make_shared<pipe>();
  std::shared_ptr<chat_stream> stream;
};

const failure no_model{errc::not_found, "no such model", {}, {}};

run_chat openai_chat() {
  run_chat c;
  c.form = chat_form::openai;
  c.model = "p/m1";
  c.stream_id = "s1";
  c.include_usage = true;
  return c;
}

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t n = 0;
  for (auto at = text.find(part); at != std::string_view::npos;
       at = text.find(part, at + 1))
    ++n;
  return n;
}

CAF_TEST(the header waits for the first delta) {
  world w;
  CAF_CHECK(!w.answer);
  CAF_CHECK(w.push("Hel"));
  CAF_REQUIRE(w.answer);
  CAF_CHECK_EQUAL(w.answer->status, 200u);
  CAF_CHECK_EQUAL(test::header_of(*w.answer, "Content-Type"),
                  "text/event-stream");
  w.open();
  CAF_CHECK(w.push("lo"));
  w.stream->end(w.done());
  CAF_CHECK_EQUAL(w.out->text,
                  "event: delta\ndata: {\"text\":\"Hel\"}\n\n"
                  "event: delta\ndata: {\"text\":\"lo\"}\n\n"
                  "event: usage\ndata: {\"prompt_tokens\":5,"
                  "\"completion_tokens\":7}\n\n"
                  "event: end\ndata: {\"action_id\":"
                  "\"00000000-0000-0000-0000-000000000000\","
                  "\"status\":\"completed\",\"model\":\"m1\","
                  "\"provider\":\"p\",\"finish_reason\":\"length\"}\n\n");
  CAF_CHECK(w.out->closed);
  CAF_CHECK_EQUAL(w.answers, 1);
}

CAF_TEST(what_goes_wrong_before_has_its_own_status) {
  world w;
  w.stream->fail(no_model);
  CAF_REQUIRE(w.answer);
  CAF_CHECK_EQUAL(w.answer->status, 404u);
  CAF_CHECK(!w.answer->stream);
  CAF_CHECK(!w.push("late"));
  world failed;
  action row;
  row.status = action_status::failed;
  row.error = "too slow";
  row.error_code = "timeout";
  failed.stream->end(row);
  CAF_CHECK_EQUAL(failed.answer->status, 504u);
}

CAF_TEST(what_goes_wrong_later_is_told_in_the_stream) {
  world w;
  w.push("Hel");
  w.open();
  w.stream->fail({errc::upstream_malformed, "it was cut", {}, {}});
  CAF_CHECK(
      w.out->text.ends_with("event: error\ndata: {\"detail\":\"it was "
                            "cut\",\"code\":\"upstream_malformed\"}\n\n"));
  CAF_CHECK(w.out->closed);
  // Once.
  w.stream->end(w.done());
  CAF_CHECK_EQUAL(count(w.out->text, "event: end"), 0u);
}

CAF_TEST(an_answer_without_any_text_is_a_stream_too) {
  world w;
  w.stream->end(w.done());
  w.open();
  CAF_CHECK_EQUAL(count(w.out->text, "event: end"), 1u);
  CAF_CHECK(w.out->closed);
}

CAF_TEST(a_client_that_left_before_the_header_is_noticed) {
  world w;
  w.session_there = false;
  int left = 0;
  w.stream->on_gone([&] { ++left; });
  CAF_CHECK_EQUAL(left, 0);
  w.push("Hel");
  CAF_CHECK_EQUAL(left, 1);
  CAF_CHECK(w.stream->gone());
  CAF_CHECK(!w.push("lo"));
}

CAF_TEST(a_client_that_left_before_the_first_delta_is_noticed) {
  world w;
  int left = 0;
  w.stream->on_gone([&] { ++left; });
  CAF_REQUIRE(w.leave);
  w.leave();
  CAF_CHECK_EQUAL(left, 1);
  CAF_CHECK(!w.push("Hel"));
}

CAF_TEST(an_end_from_elsewhere_lets_go_of_whoever_still_writes) {
  for (const bool opened : {false, true}) {
    world w;
    int left = 0;
    int resumed = 0;
    w.stream->on_gone([&] { ++left; });
    if (opened) {
      w.push("Hel");
      w.open();
    }
    w.out->behind = true;
    if (opened)
      w.stream->when_ready([&] { ++resumed; });
    w.stream->fail(no_model);
    CAF_CHECK_EQUAL(left, 1);
    CAF_CHECK_EQUAL(resumed, opened ? 1 : 0);
    CAF_CHECK(w.stream->gone());
    CAF_CHECK(!w.stream->congested());
  }
}

CAF_TEST(texts_of_two_writers_are_never_mixed) {
  world w;
  const int other = 0;
  CAF_CHECK(w.stream->claim(&other));
  CAF_CHECK(!w.push("Hel"));
  CAF_CHECK(w.stream->claim(&w));
  CAF_CHECK(!w.stream->push(&other, "other"));
  CAF_CHECK(w.push("Hel"));
  CAF_CHECK(!w.stream->claim(&other));
  CAF_CHECK(w.push("lo"));
}

CAF_TEST(a_client_that_leaves_later_is_noticed) {
  world w;
  int left = 0;
  w.stream->on_gone([&] { ++left; });
  w.push("Hel");
  w.open();
  w.out->lost = true;
  w.out->changed();
  CAF_CHECK_EQUAL(left, 1);
  CAF_CHECK(!w.push("lo"));
  w.out->changed();
  CAF_CHECK_EQUAL(left, 1);
}

CAF_TEST(a_reader_that_is_behind_is_waited_for) {
  world w;
  w.push("Hel");
  w.open();
  w.out->behind = true;
  CAF_CHECK(w.stream->congested());
  int resumed = 0;
  w.stream->when_ready([&] { ++resumed; });
  CAF_CHECK_EQUAL(resumed, 0);
  w.out->behind = false;
  w.out->changed();
  CAF_CHECK_EQUAL(resumed, 1);
  w.stream->when_ready([&] { ++resumed; });
  CAF_CHECK_EQUAL(resumed, 2);
}

CAF_TEST(little_gathers_before_the_header_is_sent) {
  world w;
  const std::string piece(10'000, 'x');
  int pushed = 0;
  while (!w.stream->congested() && pushed < 100) {
    w.push(piece);
    ++pushed;
  }
  CAF_CHECK(pushed < 10);
  bool resumed = false;
  w.stream->when_ready([&] { resumed = true; });
  CAF_CHECK(!resumed);
  w.open();
  CAF_CHECK(resumed);
  CAF_CHECK_EQUAL(count(w.out->text, "event: delta"),
                  static_cast<std::size_t>(pushed));
}

CAF_TEST(openai_chunks) {
  world w{openai_chat()};
  w.push("Hi");
  w.open();
  w.stream->end(w.done());
  std::vector<json> chunks;
  std::string_view rest{w.out->text};
  CAF_CHECK(rest.ends_with("data: [DONE]\n\n"));
  while (!rest.starts_with("data: [DONE]")) {
    const auto end = rest.find("\n\n");
    chunks.push_back(json::parse(rest.substr(6, end - 6)));
    rest.remove_prefix(end + 2);
  }
  CAF_REQUIRE_EQUAL(chunks.size(), 4u);
  for (const auto& x : chunks) {
    CAF_CHECK_EQUAL(x["object"], "chat.completion.chunk");
    CAF_CHECK_EQUAL(x["id"], "chatcmpl-s1");
    CAF_CHECK_EQUAL(x["created"], 1'795'521'600);
  }
  // What was asked, until it is known who answered.
  CAF_CHECK_EQUAL(chunks[1]["model"], "p/m1");
  CAF_CHECK_EQUAL(chunks[2]["model"], "m1");
  CAF_CHECK_EQUAL(chunks[3]["model"], "m1");
  CAF_CHECK_EQUAL(chunks[0]["choices"][0]["delta"]["role"], "assistant");
  CAF_CHECK_EQUAL(chunks[1]["choices"][0]["delta"]["content"], "Hi");
  CAF_CHECK(chunks[1]["choices"][0]["finish_reason"].is_null());
  CAF_CHECK_EQUAL(chunks[2]["choices"][0]["finish_reason"], "length");
  CAF_CHECK(chunks[3]["choices"].empty());
  CAF_CHECK_EQUAL(chunks[3]["usage"]["total_tokens"], 12);
}

CAF_TEST(a_refusal_is_streamed_as_one) {
  world w{openai_chat()};
  w.stream->refuses(&w);
  w.push("no");
  w.open();
  CAF_CHECK_EQUAL(count(w.out->text, R"("delta":{"refusal":"no"})"), 1u);
  CAF_CHECK_EQUAL(count(w.out->text, R"("content":"no")"), 0u);
  world ours{run_chat{}};
  ours.stream->refuses(&ours);
  ours.push("no");
  ours.open();
  CAF_CHECK_EQUAL(count(ours.out->text, R"({"text":"no"})"), 1u);
  world late{openai_chat()};
  late.stream->refuses(&w);
  late.push("yes");
  late.open();
  CAF_CHECK_EQUAL(count(late.out->text, R"("content":"yes")"), 1u);
}

CAF_TEST(openai_errors) {
  world w{openai_chat()};
  w.stream->fail(no_model);
  CAF_CHECK_EQUAL(w.answer->status, 404u);
  const auto error = test::body_of(*w.answer)["error"];
  CAF_CHECK_EQUAL(error["message"], "no such model");
  CAF_CHECK_EQUAL(error["type"], "invalid_request_error");
  CAF_CHECK_EQUAL(error["code"], "not_found");
  CAF_CHECK_EQUAL(test::header_of(*w.answer, "x-should-retry"), "");
  world late{openai_chat()};
  late.stream->fail({errc::timeout, "too late", {}, {}});
  CAF_CHECK_EQUAL(test::header_of(*late.answer, "x-should-retry"), "false");
}

}  // namespace routes_chat_stream_tests
