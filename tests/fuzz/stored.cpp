#include "messages/model/action.hpp"
#include "messages/model/audit_event.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace closedpaw;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = fuzz::text(data, size);
  if (const auto event = audit_event_from_bytes(input)) {
    const auto bytes = canonical_bytes(*event);
    const auto again = audit_event_from_bytes(bytes);
    fuzz::must(again.has_value(), "a canonical event can be read");
    fuzz::must(canonical_bytes(*again) == bytes, "its bytes are canonical");
  }
  if (const auto row = action_from_bytes(input)) {
    const auto bytes = row_bytes(*row);
    const auto again = action_from_bytes(bytes);
    fuzz::must(again.has_value(), "a stored action can be read");
    fuzz::must(row_bytes(*again) == bytes, "reading is lossless");
  }
  return 0;
}
