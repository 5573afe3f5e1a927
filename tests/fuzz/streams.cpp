#include <algorithm>
#include <string>
#include <vector>

#include "actors/providers/codec/codec.hpp"
#include "tests/fuzz/fuzz.hpp"

// Streamed answers, in the pieces that the input chooses: what comes out does
// not depend on where they are cut.

using namespace closedpaw;
using namespace closedpaw::providers::codec;

namespace {

struct outcome {
  std::string text;
  std::vector<tool_call> calls;
  bool complete = false;
  std::string said;

  bool operator==(const outcome&) const = default;
};

outcome run(const vendor& v, std::string_view bytes, std::size_t piece) {
  outcome out;
  auto decoder = v.decode();
  while (!bytes.empty()) {
    const auto size = std::min(piece, bytes.size());
    auto fresh = decoder->feed(bytes.substr(0, size));
    bytes.remove_prefix(size);
    if (!fresh) {
      out.said = fresh.error().message;
      return out;
    }
    out.text += *fresh;
  }
  auto reply = decoder->finish();
  out.complete = reply.has_value();
  if (!reply) {
    out.said = reply.error().message;
    return out;
  }
  fuzz::must(reply->text == out.text, "the whole is its pieces");
  out.calls = std::move(reply->tool_calls);
  for (const auto& call : out.calls)
    fuzz::must(!call.name.empty(), "a call is of a function");
  return out;
}

}  // namespace

/// The first byte is the size of the pieces, the rest the stream.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0)
    return 0;
  const auto bytes = fuzz::text(data + 1, size - 1);
  for (const auto& v : vendors()) {
    const auto whole = run(v, bytes, bytes.size() + 1);
    fuzz::must(run(v, bytes, std::size_t{data[0]} + 1) == whole,
               "the cuts do not matter");
    fuzz::must(whole.said.size() < 2000, "what is told is bounded");
  }
  return 0;
}
