#include "config/set_argument.hpp"
#include "config/toml_reader.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace closedpaw;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = fuzz::text(data, size);
  const auto document = config::read_toml(
      input, "fuzz.toml", [](const std::string&) { return true; });
  if (!document)
    fuzz::must(document.error().message.starts_with("fuzz.toml"),
               "an error names the file");
  config::read_toml_value(input);
  return 0;
}
