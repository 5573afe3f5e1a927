#include "messages/model/chat.hpp"

#include "messages/model/hex.hpp"
#include "messages/model/json_fields.hpp"
#include "messages/model/sha256.hpp"

namespace closedpaw {

namespace {

json choice_json(const tool_use& x) {
  switch (x.choice) {
    case tool_choice::automatic:
      return "auto";
    case tool_choice::none:
      return "none";
    case tool_choice::required:
      return "required";
    case tool_choice::named:
      break;
  }
  return {{"type", "function"}, {"function", {{"name", x.name}}}};
}

json to_json(const content_part& x) {
  if (x.image_url.empty())
    return {{"type", "text"}, {"text", x.text}};
  json image{{"url", x.image_url}};
  if (!x.detail.empty())
    image["detail"] = x.detail;
  return {{"type", "image_url"}, {"image_url", std::move(image)}};
}

/// Its size and hash instead, in what stays a data: URL's form.
void take_out_image(std::string& url) {
  const auto image = read_inline_image(url);
  if (!image)
    return;
  const auto bytes = image->base64.size() / 4 * 3;
  url = "data:" + std::string{image->media_type} + ";about " +
        std::to_string(bytes) + " bytes;sha256 of the text " +
        to_hex(sha256({image->base64}));
}

void take_out_images(json& content) {
  if (!content.is_array())
    return;
  for (auto& part : content)
    if (part.is_object() && part.contains("image_url") &&
        text_in(part["image_url"], "url"))
      take_out_image(part["image_url"]["url"].get_ref<std::string&>());
}

json to_json(const tool_definition& x) {
  json function{{"name", x.name}};
  if (!x.description.empty())
    function["description"] = x.description;
  if (auto parameters = x.parameters.value(); !parameters.is_null())
    function["parameters"] = std::move(parameters);
  if (x.strict)
    function["strict"] = *x.strict;
  return {{"type", "function"}, {"function", std::move(function)}};
}

}  // namespace

json to_json(const tool_call& x) {
  json out{{"id", x.id},
           {"type", "function"},
           {"function", {{"name", x.name}, {"arguments", x.arguments}}}};
  if (!x.signature.empty())
    out["extra_content"]["google"]["thought_signature"] = x.signature;
  return out;
}

json to_json(const std::vector<tool_call>& calls) {
  auto out = json::array();
  for (const auto& x : calls)
    out.push_back(to_json(x));
  return out;
}

std::optional<inline_image> read_inline_image(std::string_view url) {
  constexpr std::string_view scheme = "data:";
  constexpr std::string_view coding = ";base64,";
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
  if (!url.starts_with(scheme))
    return std::nullopt;
  url.remove_prefix(scheme.size());
  const auto border = url.find(coding);
  if (border == url.npos || !url.starts_with("image/"))
    return std::nullopt;
  inline_image out{url.substr(0, border), url.substr(border + coding.size())};
  if (out.base64.empty() || out.base64.find_first_not_of(digits) != url.npos)
    return std::nullopt;
  return out;
}

json_text without_images(const json_text& parameters) {
  if (parameters.str().find("data:image/") == std::string::npos)
    return parameters;
  auto out = parameters.value();
  if (const auto messages = out.find("messages");
      messages != out.end() && messages->is_array())
    for (auto& x : *messages)
      if (x.is_object() && x.contains("content"))
        take_out_images(x["content"]);
  return json_text{out};
}

json to_json(const chat_message& x) {
  json out{{"role", x.role}, {"content", x.content}};
  if (!x.parts.empty()) {
    out["content"] = json::array();
    for (const auto& part : x.parts)
      out["content"].push_back(to_json(part));
  }
  if (!x.tool_calls.empty()) {
    out["tool_calls"] = to_json(x.tool_calls);
    if (x.content.empty())
      out["content"] = nullptr;
  }
  if (!x.tool_call_id.empty())
    out["tool_call_id"] = x.tool_call_id;
  return out;
}

void write_tool_use(json& body, const tool_use& x) {
  if (x.tools.empty())
    return;
  auto tools = json::array();
  for (const auto& tool : x.tools)
    tools.push_back(to_json(tool));
  body["tools"] = std::move(tools);
  if (x.choice != tool_choice::automatic)
    body["tool_choice"] = choice_json(x);
  if (x.parallel)
    body["parallel_tool_calls"] = *x.parallel;
}

void complete_calls(std::vector<tool_call>& calls, const uuid& action) {
  // Without the beginning, which is its time: OpenAI takes 40 characters.
  const auto random =
      to_hex({reinterpret_cast<const char*>(action.bytes.data()) + 4, 12});
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (calls[i].id.empty())
      calls[i].id = "call_" + random + '_' + std::to_string(i);
    if (calls[i].arguments.empty())
      calls[i].arguments = "{}";
  }
}

std::string called_function(const std::vector<chat_message>& conversation,
                            std::size_t index) {
  const auto& id = conversation[index].tool_call_id;
  // Backwards, since nothing says that ids are never used again.
  while (index-- > 0)
    for (const auto& call : conversation[index].tool_calls)
      if (call.id == id)
        return call.name;
  return id;
}

json arguments_object(const tool_call& x) {
  if (x.arguments.empty())
    return json::object();
  auto parsed = parse_json(x.arguments);
  if (parsed && parsed->is_object())
    return std::move(*parsed);
  return {{"arguments", x.arguments}};
}

}  // namespace closedpaw
