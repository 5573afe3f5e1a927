#define CAF_SUITE chat_text

#include "http/cli/chat_text.hpp"

#include "tests/unit_test.hpp"

namespace chat_text_tests {

using namespace closedpaw;
using namespace closedpaw::cli;

CAF_TEST(nothing_steers_the_terminal) {
  CAF_CHECK_EQUAL(shown("a\x1b[2Jb"), "a\\u{001B}[2Jb");
  CAF_CHECK_EQUAL(shown("a\r\nb\n\tc"), "a\nb\n\tc");
  CAF_CHECK_EQUAL(shown("a\rb"), "a\\u{000D}b");
  CAF_CHECK_EQUAL(shown("a\xE2\x80\xAE"
                        "b"),
                  "a\\u{202E}b");
  CAF_CHECK_EQUAL(shown(""), "");
}

CAF_TEST(pieces_and_the_whole_make_one_text) {
  answer_text x;
  CAF_CHECK_EQUAL(x.piece("Hel"), "Hel");
  CAF_CHECK_EQUAL(x.piece("lo"), "lo");
  CAF_CHECK_EQUAL(x.whole("Hello, you"), ", you\n");
  CAF_CHECK_EQUAL(x.whole("Bye\n"), "Bye\n");
}

CAF_TEST(another_answer_than_the_one_that_began_is_shown_whole) {
  answer_text x;
  x.piece("Hel");
  CAF_CHECK_EQUAL(x.whole("That failed: why"), "\nThat failed: why\n");
}

CAF_TEST(history_shows_who_spoke) {
  CAF_CHECK_EQUAL(shown_turn({{"from", "user"}, {"text", "hi"}}), "> hi\n");
  CAF_CHECK_EQUAL(shown_turn({{"from", "assistant"}, {"text", "ho\n"}}),
                  "ho\n");
}

}  // namespace chat_text_tests
