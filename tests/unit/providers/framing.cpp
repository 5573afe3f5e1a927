#define CAF_SUITE framing

#include "messages/model/framing.hpp"

#include "tests/unit_test.hpp"

namespace framing_tests {

using namespace closedpaw;

/// "event|data" for each message.
std::vector<std::string> cut(framer& f, std::string_view text,
                             std::size_t piece) {
  std::vector<std::string> out;
  const frame_handler keep = [&](const frame& x) {
    out.push_back(std::string{x.event} + "|" + std::string{x.data});
    return true;
  };
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size())))
    if (!f.feed(text.substr(0, piece), keep))
      out.emplace_back("too long");
  if (!f.end(keep))
    out.emplace_back("bad end");
  return out;
}

template <class Framer>
std::vector<std::string> cut_all_ways(std::string_view text) {
  Framer first;
  const auto whole = cut(first, text, text.size());
  for (std::size_t piece = 1; piece < text.size(); ++piece) {
    Framer f;
    CAF_CHECK_EQUAL(cut(f, text, piece), whole);
  }
  return whole;
}

using texts = std::vector<std::string>;

CAF_TEST(events are cut at blank lines whatever ends a line) {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    const auto stream = "event: a" + end + "data: 1" + end + end + ": note" +
                        end + "data:2" + end + "data: é" + end + end;
    CAF_CHECK_EQUAL(cut_all_ways<sse_framer>(stream), (texts{"a|1", "|2\né"}));
  }
}

CAF_TEST(fields that are not ours and events without data mean nothing) {
  CAF_CHECK_EQUAL(cut_all_ways<sse_framer>(
                      "\xEF\xBB\xBF"
                      "id: 7\nretry: 10\nevent: lone\n\ndata\n\ndata: x\n\n"),
                  (texts{"|", "|x"}));
}

CAF_TEST(an event that the end cuts off is dropped) {
  CAF_CHECK_EQUAL(cut_all_ways<sse_framer>("data: 1\n\ndata: 2\n"),
                  texts{"|1"});
}

CAF_TEST(a line or an event that is too long is refused) {
  sse_framer line{8};
  CAF_CHECK_EQUAL(cut(line, "data: 123456\n\n", 3).front(), "too long");
  sse_framer event{12};
  CAF_CHECK_EQUAL(
      cut(event, "data: 12345\ndata: 67890\ndata: 1\n\n", 4).front(),
      "too long");
  line_framer json{4};
  CAF_CHECK_EQUAL(cut(json, "123456\n", 2).front(), "too long");
}

CAF_TEST(lines are messages and the last needs no end) {
  CAF_CHECK_EQUAL(cut_all_ways<line_framer>("{1}\n\r\n {2}\r\n\n{3}"),
                  (texts{"|{1}", "| {2}\r", "|{3}"}));
}

CAF_TEST(nothing is handed over after a refusal) {
  for (int kind = 0; kind < 2; ++kind) {
    sse_framer events;
    line_framer lines;
    framer& f = kind == 0 ? static_cast<framer&>(events) : lines;
    int seen = 0;
    f.feed("data: 1\n\ndata: 2\n\n", [&](const frame&) {
      ++seen;
      return false;
    });
    CAF_CHECK_EQUAL(seen, 1);
  }
}

}  // namespace framing_tests
