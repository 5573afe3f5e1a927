#include "actors/providers/codec/codec.hpp"

#include <algorithm>
#include <array>

#include "actors/providers/codec/anthropic.hpp"
#include "actors/providers/codec/google.hpp"
#include "actors/providers/codec/ollama.hpp"
#include "actors/providers/codec/openai.hpp"
#include "actors/providers/codec/request_body.hpp"
#include "actors/providers/codec/vendor_text.hpp"

namespace closedpaw::providers::codec {

std::span<const vendor> vendors() {
  static const std::array all{ollama::codec,      openai_vendor(),
                              anthropic_vendor(), google_vendor(),
                              mistral_vendor(),   custom_vendor()};
  return all;
}

std::optional<failure> check(const vendor& v, const chat_request& q) {
  const auto refuse = [&v](std::string_view what, std::string_view instead) {
    return failure{errc::bad_request,
                   "providers of type " + std::string{v.type} + " have no " +
                       std::string{what} + "; " + std::string{instead},
                   {},
                   {{"unsuited", true}}};
  };
  const auto choice = q.tools.choice;
  if (!v.can_demand_calls &&
      (choice == tool_choice::required || choice == tool_choice::named)) {
    return refuse("tool_choice that demands a call",
                  "leave it out, or say auto or none");
  }
  if (!v.can_limit_calls && q.tools.parallel == false) {
    return refuse("parallel_tool_calls", "leave it out");
  }
  if (!v.has_free_json && response_type(q) == "json_object") {
    return refuse("response_format json_object",
                  "give a schema with json_schema");
  }
  if (!v.fetches_images && names_an_image(q)) {
    return refuse("images by their address",
                  "give what they are: data:image/…;base64,…");
  }
  if (!v.has_seed && q.options.seed) {
    return refuse("seed", "leave it out");
  }
  const bool penalizes = q.options.presence_penalty.value_or(0) != 0 ||
                         q.options.frequency_penalty.value_or(0) != 0;
  if (!v.has_penalties && penalizes) {
    return refuse("presence_penalty and frequency_penalty", "leave them out");
  }
  return std::nullopt;
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
