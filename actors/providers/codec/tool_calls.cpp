#include "actors/providers/codec/tool_calls.hpp"

#include "messages/model/json_fields.hpp"
#include "messages/model/sha256.hpp"

namespace closedpaw::providers::codec {

namespace {

using number = std::optional<std::uint64_t>;

number number_of(const json& piece) {
  const auto* index = member(piece, "index", json::value_t::number_unsigned);
  return index ? number{index->get<std::uint64_t>()} : std::nullopt;
}

std::string signature_in(const json& call) {
  const auto* extra = object_in(call, "extra_content");
  const auto* google = extra ? object_in(*extra, "google") : nullptr;
  return google ? text_or_empty(*google, "thought_signature") : std::string{};
}

bool begin_call(const json& x, chat_reply& out) {
  const auto* function = object_in(x, "function");
  if (!function || out.tool_calls.size() == max_calls) {
    return false;
  }
  auto name = text_or_empty(*function, "name");
  if (name.empty()) {
    return false;
  }
  out.tool_calls.push_back({text_or_empty(x, "id"), std::move(name),
                            arguments_text(*function), signature_in(x)});
  return true;
}

/// The call that a piece goes on with: the last with its id, or, where it has
/// none, with its number. Numbers alone do not tell: some servers give all
/// calls the same, or none, and some begin with 1.
tool_call* begun_call(const json& piece, partial_reply& out) {
  const auto id = text_or_empty(piece, "id");
  const auto its_number = number_of(piece);
  const auto* function = object_in(piece, "function");
  const bool named = function && !text_or_empty(*function, "name").empty();
  for (auto i = out.tool_calls.size(); i-- > 0;) {
    auto& call = out.tool_calls[i];
    if (!id.empty()  ? call.id == id
        : its_number ? out.call_numbers[i] == its_number
                     : !named) {
      return &call;
    }
  }
  return nullptr;
}

}  // namespace

std::string arguments_text(const json& function) {
  if (const auto* object = object_in(function, "arguments")) {
    return dump(*object);
  }
  return text_or_empty(function, "arguments");
}

bool take_calls(const json& message, chat_reply& out) {
  const auto* calls = array_in(message, "tool_calls");
  for (const auto& x : calls ? *calls : json::array()) {
    if (!begin_call(x, out)) {
      return false;
    }
  }
  return true;
}

bool take_call_pieces(const json& delta, partial_reply& out) {
  const auto* pieces = array_in(delta, "tool_calls");
  for (const auto& x : pieces ? *pieces : json::array()) {
    auto* begun = begun_call(x, out);
    if (!begun) {
      if (!begin_call(x, out)) {
        return false;
      }
      out.call_numbers.push_back(number_of(x));
      continue;
    }
    if (const auto* function = object_in(x, "function")) {
      begun->arguments += arguments_text(*function);
    }
    if (auto signature = signature_in(x); !signature.empty()) {
      begun->signature = std::move(signature);
    }
  }
  return true;
}

std::string fitting_call_id(const std::string& id, std::string_view allowed,
                            std::size_t length) {
  const bool fits = id.find_first_not_of(allowed) == id.npos &&
                    (length == 0 || id.size() == length);
  if (id.empty() || fits) {
    return id;
  }
  constexpr std::size_t enough = 24;
  return to_hex(sha256({id})).substr(0, length == 0 ? enough : length);
}

}  // namespace closedpaw::providers::codec
