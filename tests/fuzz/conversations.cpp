#include "actors/providers/codec/codec.hpp"
#include "messages/model/json_fields.hpp"
#include "tests/fuzz/fuzz.hpp"

// What clients say in OpenAI's words, on its way to each vendor.

using namespace closedpaw;
using namespace closedpaw::providers::codec;

namespace {

json written(const chat_request& q) {
  auto out = json::object();
  out["messages"] = json::array();
  for (const auto& x : q.messages)
    out["messages"].push_back(to_json(x));
  write_tool_use(out, q.tools);
  out["response_format"] = q.options.response_format.value();
  return out;
}

std::optional<chat_request> read(const json& body) {
  chat_request q;
  q.model = "gemini-3";
  if (read_messages(body, q.messages) || read_tool_use(body, q.tools) ||
      read_response_format(body, q.options.response_format))
    return std::nullopt;
  return q;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto body = parse_json(fuzz::text(data, size));
  if (!body || !body->is_object())
    return 0;
  const auto kept = without_images(json_text{*body});
  fuzz::must(kept.value().size() == body->size(), "nothing is left out");
  const auto q = read(*body);
  if (!q)
    return 0;
  const auto again = read(written(*q));
  fuzz::must(again && again->messages == q->messages,
             "a conversation is read as it was written");
  fuzz::must(q->tools.tools.empty() || again->tools == q->tools,
             "tools are read as they were written");
  for (const auto& v : vendors()) {
    if (check(v, *q))
      continue;
    const auto sent = parse_json(v.chat(*q).body);
    fuzz::must(sent && sent->is_object(), "a vendor gets JSON");
  }
  return 0;
}
