#include "actors/providers/codec/tool_calls.hpp"

#include "messages/model/json_fields.hpp"

namespace closedpaw::providers::codec {

namespace {

/// The call that a delta goes on with; null for a new one. Some servers give
/// all calls of an answer the same index, or none.
tool_call* begun_call(const json& delta, const std::string& id,
                      std::vector<tool_call>& calls) {
  const auto* index = member(delta, "index", json::value_t::number_unsigned);
  const auto place = index ? index->get<std::uint64_t>() : calls.size();
  if (place >= calls.size()) {
    return nullptr;
  }
  auto& call = calls[place];
  return id.empty() || id == call.id ? &call : nullptr;
}

std::string signature_in(const json& call) {
  const auto* extra = object_in(call, "extra_content");
  const auto* google = extra ? object_in(*extra, "google") : nullptr;
  return google ? text_or_empty(*google, "thought_signature") : std::string{};
}

}  // namespace

std::string arguments_text(const json& function) {
  if (const auto* object = object_in(function, "arguments")) {
    return dump(*object);
  }
  return text_or_empty(function, "arguments");
}

bool take_calls(const json& from, std::vector<tool_call>& out) {
  const auto* calls = array_in(from, "tool_calls");
  for (const auto& x : calls ? *calls : json::array()) {
    const auto* function = object_in(x, "function");
    if (!function) {
      return false;
    }
    const auto id = text_or_empty(x, "id");
    if (auto* begun = begun_call(x, id, out)) {
      begun->arguments += arguments_text(*function);
      continue;
    }
    auto name = text_or_empty(*function, "name");
    if (name.empty()) {
      return false;
    }
    out.push_back(
        {id, std::move(name), arguments_text(*function), signature_in(x)});
  }
  return true;
}

}  // namespace closedpaw::providers::codec
