#define CAF_SUITE model_json

#include "messages/model/json.hpp"

#include "tests/unit_test.hpp"

namespace model_json_tests {

using namespace closedpaw;

std::string again(std::string_view text) {
  const auto parsed = parse_json(text);
  return parsed ? dump(*parsed) : "refused";
}

std::string nested(int depth) {
  return std::string(static_cast<std::size_t>(depth), '[') +
         std::string(static_cast<std::size_t>(depth), ']');
}

CAF_TEST(the_order_of_members_is_kept) {
  CAF_CHECK_EQUAL(again(R"({"z":1,"a":{"y":2,"b":3}})"),
                  R"({"z":1,"a":{"y":2,"b":3}})");
}

CAF_TEST(strict) {
  for (const auto* text :
       {"",         "{",           "[1,]",        "{\"a\":1,}", "'a'",
        "NaN",      "Infinity",    "-Infinity",   "1e400",      "01",
        "+1",       "1.",          "// c\n1",     "1 2",        "{} x",
        "\"\xff\"", "\"\\ud800\"", "\"\\udc00\"", "\"\t\"",     "nul"})
    CAF_CHECK_EQUAL(again(text), "refused");
  CAF_CHECK_EQUAL(again(" [1, -2.5, \"\\u00e4\", null, true] "),
                  "[1,-2.5,\"ä\",null,true]");
  CAF_CHECK_EQUAL(again(R"("\ud83d\ude00")"), "\"😀\"");
}

CAF_TEST(nesting_ends_at_64) {
  CAF_CHECK_EQUAL(again(nested(64)), nested(64));
  const auto refused = parse_json(nested(65));
  CAF_REQUIRE(!refused);
  CAF_CHECK_EQUAL(refused.error().offset, 64u);
  CAF_CHECK_EQUAL(refused.error().message, "nested deeper than 64 levels");
  CAF_CHECK_EQUAL(again(std::string(1'000'000, '[')), "refused");
  // Brackets inside of strings are not nesting.
  const auto text = '"' + std::string(100, '[') + "\\\"" + '"';
  CAF_CHECK_EQUAL(again(text), text);
}

CAF_TEST(members_of_an_object_are_bounded) {
  const auto object_of = [](int members) {
    std::string out{"{\"a\":[1,2]"};
    for (int i = 1; i < members; ++i)
      out += ",\"" + std::to_string(i) + "\":{}";
    return out + "}";
  };
  CAF_CHECK(parse_json(object_of(5'000)));
  const auto refused = parse_json(object_of(6'000));
  CAF_REQUIRE(!refused);
  CAF_CHECK_EQUAL(refused.error().message, "an object has too many members");
  // Only what is compared counts: many small ones, and elements of lists.
  std::string many{"["};
  for (int i = 0; i < 20'000; ++i)
    many += R"({"a":1,"b":",,,","c":[1,2,3,4,5,6,7,8]},)";
  CAF_CHECK(parse_json(many + "0]"));
}

CAF_TEST(errors_say_where) {
  const auto bad = parse_json(R"({"a": 1, b})");
  CAF_REQUIRE(!bad);
  CAF_CHECK_EQUAL(bad.error().offset, 9u);
  CAF_CHECK(!bad.error().message.empty());
  CAF_CHECK(bad.error().message.find("json.exception") == std::string::npos);
}

CAF_TEST(text_that_is_not_utf_8_is_written_all_the_same) {
  CAF_CHECK_EQUAL(dump(json("a\xff")), "\"a\xef\xbf\xbd\"");
}

CAF_TEST(values_are_written_as_the_library_writes_them) {
  const json values = {
      nullptr,
      true,
      false,
      0,
      -1,
      std::numeric_limits<std::int64_t>::min(),
      std::numeric_limits<std::int64_t>::max(),
      std::numeric_limits<std::uint64_t>::max(),
      0.1,
      -2.5e300,
      1.0,
      json::array(),
      json::object(),
      {1, {2, json::array({3})}},
      {{"b", 1}, {"a", {{"ä", "\x01"}, {"", nullptr}}}, {"\xff\"", "\n"}}};
  for (const auto& value : values)
    CAF_CHECK_EQUAL(dump(value),
                    value.dump(-1, ' ', false, json::error_handler_t::replace));
  CAF_CHECK_EQUAL(dump(values),
                  values.dump(-1, ' ', false, json::error_handler_t::replace));
}

CAF_TEST(appended_strings_are_like_dumped_ones) {
  for (const std::string text : {"", "plain", "with \"quotes\"", "back\\slash",
                                 "tab\t", "ä", "\x7f", "a\xff"}) {
    std::string out = "x";
    append_json_string(out, text);
    CAF_CHECK_EQUAL(out, "x" + json(text).dump(-1, ' ', false,
                                               json::error_handler_t::replace));
  }
}

}  // namespace model_json_tests
