#include <string>

#include "actors/providers/codec/codec.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace closedpaw;

namespace {

void check_failure(const failure& error) {
  fuzz::must(error.message.size() < 2000, "a vendor's message is bounded");
  for (const char c : error.message)
    fuzz::must(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f,
               "a vendor's message has no control characters");
}

}  // namespace

/// The first byte chooses the status, the rest is the body.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0)
    return 0;
  constexpr unsigned statuses[] = {200, 201, 204, 301, 400, 401, 404, 429, 500};
  http_reply reply;
  reply.status = statuses[data[0] % std::size(statuses)];
  reply.headers = {{"content-type", "application/json"}};
  reply.body = fuzz::text(data + 1, size - 1);
  for (const auto& vendor : providers::codec::vendors()) {
    if (const auto models = vendor.parse_models(reply); !models)
      check_failure(models.error());
    if (const auto chat = vendor.parse_chat(reply); !chat)
      check_failure(chat.error());
  }
  return 0;
}
