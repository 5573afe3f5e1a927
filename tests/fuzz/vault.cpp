#include "actors/vault/key_ring.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace closedpaw;
using namespace closedpaw::vault;

namespace {

encryption_key some_key() {
  return encryption_key{std::array<std::uint8_t, encryption_key::size>{7}};
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = fuzz::text(data, size);
  // What the store may hold.
  const auto opened = open(some_key(), {"n", "a", access_level::admin}, input);
  fuzz::must(!opened, "nothing can be forged");
  facts_of("n", input);
  if (const auto read = parse_json(input)) {
    if (const auto record = key_record_from(*read))
      fuzz::must(key_record_from(to_json(*record)).has_value(),
                 "a record is read as it is written");
    scrypt_from(*read);
  }
  // Any secret survives, whatever its bytes are.
  const secret_text secret{std::string{input}};
  const auto sealed =
      seal(some_key(), {"n", "a", access_level::standard}, secret);
  const auto back =
      open(some_key(), {"n", "a", access_level::standard}, *sealed);
  fuzz::must(back && back->reveal() == input, "what is sealed is opened");
  return 0;
}
