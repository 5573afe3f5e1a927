#include "actors/providers/codec/codec.hpp"

#include <algorithm>
#include <array>

#include "actors/providers/codec/ollama.hpp"
#include "actors/providers/codec/vendor_text.hpp"

namespace closedpaw::providers::codec {

namespace {

constexpr std::array all{ollama::codec};

}  // namespace

std::span<const vendor> vendors() {
  return all;
}

result<vendor> find_vendor(std::string_view type) {
  auto found = std::ranges::find(all, type, &vendor::type);
  if (found != all.end()) {
    return *found;
  }
  std::string names;
  for (const auto& x : all) {
    names.append(names.empty() ? "" : ", ").append(x.type);
  }
  return failure{.code = errc::not_built,
                 .message = "providers of type \"" +
                            clean_vendor_text(type, 40) +
                            "\" are not available; this build has: " + names,
                 .retry_after = {},
                 .extra = {}};
}

}  // namespace closedpaw::providers::codec
