#include "messages/model/json.hpp"

#include "tests/fuzz/fuzz.hpp"

using namespace closedpaw;

namespace {

int depth(const json& value) {
  int below = 0;
  if (value.is_structured())
    for (const auto& child : value)
      below = std::max(below, depth(child));
  return value.is_structured() ? below + 1 : 0;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = fuzz::text(data, size);
  const auto parsed = parse_json(input);
  if (!parsed) {
    fuzz::must(parsed.error().offset <= size, "the error is inside the text");
    return 0;
  }
  fuzz::must(depth(*parsed) <= max_json_depth, "nesting ends at the limit");
  const auto printed = dump(*parsed);
  const auto again = parse_json(printed);
  fuzz::must(again.has_value(), "what we print we can read");
  fuzz::must(dump(*again) == printed, "printing is stable");
  std::string quoted;
  append_json_string(quoted, input);
  fuzz::must(parse_json(quoted).has_value(), "any quoted text can be read");
  return 0;
}
