#define CAF_SUITE channel_texts

#include "actors/channels/codec/markdown_v2.hpp"
#include "actors/channels/codec/text_split.hpp"
#include "tests/unit_test.hpp"

namespace channel_texts_tests {

using namespace closedpaw::channels::codec;

std::string join(const std::vector<std::string>& parts) {
  std::string out;
  for (const auto& x : parts)
    out += (out.empty() ? "" : "|") + x;
  return out;
}

std::string without(std::string text, std::string_view left_out) {
  std::erase_if(
      text, [&](char c) { return left_out.find(c) != std::string_view::npos; });
  return text;
}

CAF_TEST(lengths_are_counted_in_utf16) {
  CAF_CHECK_EQUAL(utf16_length(""), 0U);
  CAF_CHECK_EQUAL(utf16_length("abc"), 3U);
  CAF_CHECK_EQUAL(utf16_length("\u00e4\u20ac"), 2U);
  CAF_CHECK_EQUAL(utf16_length("\U0001f600"), 2U);
  CAF_CHECK_EQUAL(utf16_length("\xff\xf0"), 2U);
}

CAF_TEST(short_texts_are_one_part) {
  CAF_CHECK_EQUAL(join(split_text("hello\nworld", 32)), "hello\nworld");
  CAF_CHECK(split_text("", 32).empty());
  CAF_CHECK(split_text(" \n ", 32).empty());
}

CAF_TEST(cuts_prefer_lines_then_spaces_then_characters) {
  const std::string line(20, 'a');
  CAF_CHECK_EQUAL(join(split_text(line + '\n' + line, 32)), line + '|' + line);
  CAF_CHECK_EQUAL(join(split_text(line + ' ' + line, 32)), line + '|' + line);
  const std::string word(40, 'b');
  CAF_CHECK_EQUAL(join(split_text(word, 32)),
                  std::string(32, 'b') + '|' + std::string(8, 'b'));
}

CAF_TEST(no_character_is_cut) {
  std::string text;
  for (int i = 0; i < 50; ++i)
    text += "\U0001f600";
  const auto parts = split_text(text, 33);
  std::string whole;
  for (const auto& x : parts) {
    CAF_CHECK_EQUAL(x.size() % 4, 0U);
    CAF_CHECK(utf16_length(x) <= 33);
    whole += x;
  }
  CAF_CHECK_EQUAL(whole, text);
}

CAF_TEST(no_part_is_blank) {
  const std::string line(31, 'a');
  CAF_CHECK_EQUAL(join(split_text(line + "\n \n" + line, 32)),
                  line + '|' + line);
  CAF_CHECK_EQUAL(join(split_text("  \n" + line, 32)), line);
  CAF_CHECK_EQUAL(join(split_text(line + "\n \n", 32)), line);
}

CAF_TEST(fences_are_closed_and_opened_again) {
  const std::string code = "```cpp\n" + std::string(20, 'x') + "\n" +
                           std::string(20, 'y') + "\n```\nafter";
  const auto parts = split_text(code, 40);
  CAF_REQUIRE_EQUAL(parts.size(), 2U);
  CAF_CHECK_EQUAL(parts[0], "```cpp\n" + std::string(20, 'x') + "\n```");
  CAF_CHECK_EQUAL(parts[1], "```cpp\n" + std::string(20, 'y') + "\n```\nafter");
}

CAF_TEST(whatever_the_text_parts_fit_and_lose_nothing) {
  // A generator with a fixed seed: the same texts on every machine.
  std::uint32_t state = 7;
  const auto next = [&](std::uint32_t below) {
    state = state * 1664525 + 1013904223;
    return (state >> 8) % below;
  };
  for (int round = 0; round < 300; ++round) {
    std::string text = "x";
    for (std::uint32_t i = next(400); i > 0; --i)
      switch (next(12)) {
        case 0:
          text += '\n';
          break;
        case 1:
          text += ' ';
          break;
        case 2:
          text += "\n```\n";
          break;
        case 3:
          text += "\U0001f600";
          break;
        case 4:
          text += "\u20ac";
          break;
        default:
          text += static_cast<char>('a' + next(26));
      }
    const std::size_t limit = 32 + next(60);
    std::string whole;
    for (const auto& part : split_text(text, limit)) {
      CAF_CHECK(utf16_length(part) <= limit);
      CAF_CHECK(!part.empty());
      whole += part;
    }
    CAF_CHECK_EQUAL(without(whole, " \n`"), without(text, " \n`"));
  }
}

CAF_TEST(markdown_becomes_telegrams) {
  CAF_CHECK_EQUAL(to_markdown_v2("1. a_b (c)!"), "1\\. a\\_b \\(c\\)\\!");
  CAF_CHECK_EQUAL(to_markdown_v2("**bold.** plain"), "*bold\\.* plain");
  CAF_CHECK_EQUAL(to_markdown_v2("# Title: x"), "*Title: x*");
  CAF_CHECK_EQUAL(to_markdown_v2("## **T**"), "*T*");
  CAF_CHECK_EQUAL(to_markdown_v2("- one\n  * two"), "\u2022 one\n  \u2022 two");
  CAF_CHECK_EQUAL(to_markdown_v2("`a.b\\`"), "`a.b\\\\`");
  CAF_CHECK_EQUAL(to_markdown_v2("```py\na = \"x_`y`\"\n```"),
                  "```py\na = \"x_\\`y\\`\"\n```");
  CAF_CHECK_EQUAL(to_markdown_v2("[a.b](https://x.y/(z)"),
                  "[a\\.b](https://x.y/(z)");
}

CAF_TEST(what_is_left_open_is_shown_as_written) {
  CAF_CHECK_EQUAL(to_markdown_v2("2 ** 3"), "2 \\*\\* 3");
  CAF_CHECK_EQUAL(to_markdown_v2("a ` b"), "a \\` b");
  CAF_CHECK_EQUAL(to_markdown_v2("#no title"), "\\#no title");
  CAF_CHECK_EQUAL(to_markdown_v2("[x](javascript:1)"),
                  "\\[x\\]\\(javascript:1\\)");
  CAF_CHECK_EQUAL(to_markdown_v2("```\nopen"), "```\nopen\n```");
}

}  // namespace channel_texts_tests
