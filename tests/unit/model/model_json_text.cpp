#define CAF_SUITE model_json_text

#include "messages/model/json_writer.hpp"
#include "tests/unit_test.hpp"

namespace model_json_text_tests {

using namespace closedpaw;

CAF_TEST(a_text_is_the_value_it_was_made_of) {
  const json value = {{"z", 1}, {"a", {1.5, nullptr, "ä\"\n"}}};
  const json_text text = value;
  CAF_CHECK_EQUAL(text.str(), dump(value));
  CAF_CHECK(text.value() == value);
  CAF_CHECK(text == json_text{value});
  CAF_CHECK(json_text{}.value().is_null());
  CAF_CHECK_EQUAL(json_text::empty_object().str(), "{}");
  json_text moved = value;
  const json_text taken = std::move(moved);
  CAF_CHECK_EQUAL(taken.str(), dump(value));
  // NOLINTNEXTLINE: what is left is what is tested
  CAF_CHECK(moved.value().is_null());
}

CAF_TEST(bytes_that_are_no_text_do_not_break_it) {
  const json_text text = json{{"a", std::string{"\xff"}}};
  CAF_CHECK_EQUAL(text.value().at("a").get<std::string>(), "\ufffd");
}

CAF_TEST(a_written_object_is_what_a_tree_would_be) {
  const auto text = object_text([](json_writer& w) {
    w.text("plain", "x");
    w.text("escaped", "\"ä\"\n\x01");
    w.text_if("absent", std::nullopt);
    w.text_if("present", "y");
    w.text_or_null("nothing", std::nullopt);
    w.text_or_null("something", "z");
    w.value("small", INT64_MIN);
    w.value("large", UINT64_MAX);
    w.value("yes", true);
    w.value("tree", json_text{json{{"k", {1, 2}}}});
    w.object("inner", [](json_writer& inner) { inner.text("a", "b"); });
    w.object("empty", [](json_writer&) {});
    w.value("last", 0);
  });
  const json tree = {{"plain", "x"},
                     {"escaped", "\"ä\"\n\x01"},
                     {"present", "y"},
                     {"nothing", nullptr},
                     {"something", "z"},
                     {"small", INT64_MIN},
                     {"large", UINT64_MAX},
                     {"yes", true},
                     {"tree", {{"k", {1, 2}}}},
                     {"inner", {{"a", "b"}}},
                     {"empty", json::object()},
                     {"last", 0}};
  CAF_CHECK_EQUAL(text.str(), dump(tree));
}

CAF_TEST(a_member_is_found_without_parsing_the_rest) {
  const json value = {{"a", "\"a\":1,\\"},
                      {"b\\", {{"c", 2}, {"list", {"}", "]", {{"c", 3}}}}}},
                      {"c", -1.5e300},
                      {"", nullptr},
                      {"yes", true},
                      {"last", json::array({json::array(), json::object()})}};
  const json_text text = value;
  for (const auto& [key, x] : value.items())
    if (const auto name = dump(json(key)); name == '"' + key + '"')
      CAF_CHECK_EQUAL(std::string{text.member(key).value_or("none")}, dump(x));
  CAF_CHECK(!text.member("list"));
  CAF_CHECK(!text.member("2"));
  CAF_CHECK(!json_text::empty_object().member(""));
  CAF_CHECK(!json_text{}.member("null"));
  CAF_CHECK(!json_text{json::array({json{{"a", 1}}})}.member("a"));
  CAF_CHECK(!json_text{json("{\"a\":1}")}.member("a"));
}

CAF_TEST(plain_is_what_needs_no_escape_wherever_it_stands) {
  for (int c = 0; c < 256; ++c) {
    const bool plain = c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
    for (std::size_t size = 1; size < 26; ++size)
      for (std::size_t at = 0; at < size; ++at) {
        std::string text(size, 'x');
        text[at] = static_cast<char>(c);
        std::string copied(size, ' ');
        const auto* end = copy_plain_json(text, copied.data());
        if (plain ? end != copied.data() + size || copied != text
                  : end != nullptr)
          CAF_FAIL("character " << c << " at " << at << " of " << size);
      }
  }
  char nothing = ' ';
  CAF_CHECK_EQUAL(copy_plain_json({}, &nothing), &nothing);
  CAF_CHECK_EQUAL(nothing, ' ');
}

CAF_TEST(members_of_any_size_find_room) {
  const std::string large(10'000, 'l');
  const std::vector<std::string> list(300, "element");
  const auto add = [](std::string& out, const std::string& x) {
    json_writer w{out};
    w.text("of", x);
    w.end();
  };
  const auto text = object_text([&](json_writer& w) {
    w.text("large", large);
    w.object("deep", [&](json_writer& deep) {
      deep.array("list", list, add);
      deep.object("deeper", [&](json_writer& deeper) {
        deeper.text(large, "key");
        deeper.array("none", std::vector<std::string>{}, add);
      });
      deep.text("escaped", large + '\n');
    });
    w.value("after", 1);
  });
  json tree;
  tree["large"] = large;
  for (const auto& x : list)
    tree["deep"]["list"].push_back({{"of", x}});
  tree["deep"]["deeper"][large] = "key";
  tree["deep"]["deeper"]["none"] = json::array();
  tree["deep"]["escaped"] = large + '\n';
  tree["after"] = 1;
  CAF_CHECK_EQUAL(text.str(), dump(tree));
}

CAF_TEST(an_object_can_follow_other_text) {
  std::string out = "[{";
  json_writer w{out};
  w.value("a", 1);
  w.end();
  CAF_CHECK_EQUAL(out, R"([{{"a":1})");
}

}  // namespace model_json_text_tests
