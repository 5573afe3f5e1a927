#include "actors/providers/codec/codec.hpp"

#include <algorithm>
#include <array>

#include "actors/providers/codec/anthropic.hpp"
#include "actors/providers/codec/google.hpp"
#include "actors/providers/codec/ollama.hpp"
#include "actors/providers/codec/openai.hpp"
#include "actors/providers/codec/vendor_text.hpp"

namespace closedpaw::providers::codec {

std::span<const vendor> vendors() {
  static const std::array all{ollama::codec,      openai_vendor(),
                              anthropic_vendor(), google_vendor(),
                              mistral_vendor(),   custom_vendor()};
  return all;
}

result<vendor> find_vendor(std::string_view type) {
  const auto all = vendors();
  auto found = std::ranges::find(all, type, &vendor::type);
  if (found != all.end()) {
    return *found;
  }
  std::string names;
  for (const auto& x : all) {
    names.append(names.empty() ? "" : ", ").append(x.type);
  }
  return failure{.code = errc::bad_request,
                 .message = "there is no provider type \"" +
                            clean_vendor_text(type, 40) +
                            "\"; there are: " + names,
                 .retry_after = {},
                 .extra = {}};
}

}  // namespace closedpaw::providers::codec
