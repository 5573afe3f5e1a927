#include "messages/model/chat.hpp"

#include <algorithm>
#include <array>

#include "messages/model/hex.hpp"
#include "messages/model/json_fields.hpp"

namespace closedpaw {

namespace {

using reading = std::optional<misreading>;

const json& member_or_null(const json& object, const char* name) {
  static const json null;
  if (!object.is_object())
    return null;
  const auto it = object.find(name);
  return it == object.end() ? null : *it;
}

std::string at(const std::string& list, std::size_t index) {
  return list + '[' + std::to_string(index) + ']';
}

reading read_name(const json& object, const char* name,
                  const std::string& place, std::string& out) {
  out = text_or_empty(object, name);
  if (out.empty())
    return misreading{place + '.' + name, "a text is required"};
  return std::nullopt;
}

/// A text or a list of text parts; null leaves it empty.
reading read_content(const json& content, const std::string& place,
                     std::string& out) {
  if (content.is_null())
    return std::nullopt;
  if (content.is_string()) {
    out = content.get_ref<const std::string&>();
    return std::nullopt;
  }
  if (!content.is_array())
    return misreading{place, "expected a text or a list of parts"};
  for (const auto& part : content) {
    const auto* text =
        text_or_empty(part, "type") == "text" ? text_in(part, "text") : nullptr;
    if (!text)
      return misreading{place,
                        "expected a text or parts of type text; images and "
                        "files are not supported"};
    out += *text;
  }
  return std::nullopt;
}

reading read_call(const json& x, const std::string& place, tool_call& out) {
  if (const auto type = text_or_empty(x, "type");
      !type.empty() && type != "function")
    return misreading{place + ".type", "only calls of functions are supported"};
  if (auto wrong = read_name(x, "id", place, out.id))
    return wrong;
  const auto& function = member_or_null(x, "function");
  if (auto wrong = read_name(function, "name", place + ".function", out.name))
    return wrong;
  const auto* arguments = text_in(function, "arguments");
  if (!arguments)
    return misreading{place + ".function.arguments",
                      "JSON in a text is required"};
  out.arguments = *arguments;
  out.signature = text_or_empty(
      member_or_null(member_or_null(x, "extra_content"), "google"),
      "thought_signature");
  return std::nullopt;
}

reading read_calls(const json& list, const std::string& place,
                   std::vector<tool_call>& out) {
  if (list.is_null())
    return std::nullopt;
  if (!list.is_array())
    return misreading{place, "expected a list of calls"};
  for (const auto& x : list) {
    tool_call call;
    if (auto wrong = read_call(x, at(place, out.size()), call))
      return wrong;
    out.push_back(std::move(call));
  }
  return std::nullopt;
}

reading read_message(const json& x, const std::string& place,
                     chat_message& out) {
  constexpr std::array<std::string_view, 5> roles{"system", "developer", "user",
                                                  "assistant", "tool"};
  out.role = text_or_empty(x, "role");
  if (std::ranges::find(roles, out.role) == roles.end())
    return misreading{place + ".role",
                      "expected system, developer, user, assistant or tool"};
  if (out.role == "assistant")
    if (auto wrong = read_calls(member_or_null(x, "tool_calls"),
                                place + ".tool_calls", out.tool_calls))
      return wrong;
  if (out.role == "tool")
    if (auto wrong = read_name(x, "tool_call_id", place, out.tool_call_id))
      return wrong;
  const auto& content = member_or_null(x, "content");
  if (content.is_null() && out.tool_calls.empty())
    return misreading{place + ".content", "a text is required"};
  return read_content(content, place + ".content", out.content);
}

reading read_tool(const json& x, const std::string& place,
                  tool_definition& out) {
  if (text_or_empty(x, "type") != "function")
    return misreading{place + ".type",
                      "only tools of type function are supported"};
  const auto& function = member_or_null(x, "function");
  const auto inner = place + ".function";
  if (auto wrong = read_name(function, "name", inner, out.name))
    return wrong;
  out.description = text_or_empty(function, "description");
  const auto& parameters = member_or_null(function, "parameters");
  if (!parameters.is_null() && !parameters.is_object())
    return misreading{inner + ".parameters", "a JSON Schema is required"};
  out.parameters = json_text{parameters};
  const auto& strict = member_or_null(function, "strict");
  if (!strict.is_null() && !strict.is_boolean())
    return misreading{inner + ".strict", "expected true or false"};
  if (strict.is_boolean())
    out.strict = strict.get<bool>();
  return std::nullopt;
}

reading read_choice(const json& x, tool_use& out) {
  if (x.is_null() || x == "auto")
    return std::nullopt;
  if (x == "none") {
    out.choice = tool_choice::none;
    return std::nullopt;
  }
  if (x == "required") {
    out.choice = tool_choice::required;
  } else {
    out.choice = tool_choice::named;
    out.name = text_or_empty(member_or_null(x, "function"), "name");
    if (text_or_empty(x, "type") != "function" || out.name.empty())
      return misreading{"tool_choice",
                        "expected auto, none, required, or {\"type\": "
                        "\"function\", \"function\": {\"name\": …}}"};
  }
  const bool there = out.choice == tool_choice::named
                         ? std::ranges::any_of(out.tools,
                                               [&](const tool_definition& t) {
                                                 return t.name == out.name;
                                               })
                         : !out.tools.empty();
  if (!there)
    return misreading{"tool_choice", "tools has no such function"};
  return std::nullopt;
}

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

std::optional<misreading> read_messages(const json& body,
                                        std::vector<chat_message>& out) {
  const auto* list = array_in(body, "messages");
  if (!list || list->empty())
    return misreading{"messages", "a list of messages is required"};
  for (const auto& x : *list) {
    chat_message message;
    if (auto wrong = read_message(x, at("messages", out.size()), message))
      return wrong;
    out.push_back(std::move(message));
  }
  return std::nullopt;
}

std::optional<misreading> read_tool_use(const json& body, tool_use& out) {
  const auto& tools = member_or_null(body, "tools");
  if (!tools.is_null() && !tools.is_array())
    return misreading{"tools", "expected a list of tools"};
  if (tools.is_array())
    for (const auto& x : tools) {
      tool_definition tool;
      if (auto wrong = read_tool(x, at("tools", out.tools.size()), tool))
        return wrong;
      out.tools.push_back(std::move(tool));
    }
  const auto& parallel = member_or_null(body, "parallel_tool_calls");
  if (!parallel.is_null() && !parallel.is_boolean())
    return misreading{"parallel_tool_calls", "expected true or false"};
  if (parallel.is_boolean())
    out.parallel = parallel.get<bool>();
  return read_choice(member_or_null(body, "tool_choice"), out);
}

std::optional<misreading> read_response_format(const json& body,
                                               json_text& out) {
  const auto& format = member_or_null(body, "response_format");
  if (format.is_null())
    return std::nullopt;
  const auto type = text_or_empty(format, "type");
  if (type == "text")
    return std::nullopt;
  if (type != "json_object" && type != "json_schema")
    return misreading{"response_format.type",
                      "expected text, json_object or json_schema"};
  if (type == "json_schema") {
    const auto* described = object_in(format, "json_schema");
    const auto place = std::string{"response_format.json_schema"};
    if (!described || text_or_empty(*described, "name").empty())
      return misreading{place + ".name", "a text is required"};
    if (!object_in(*described, "schema"))
      return misreading{place + ".schema", "a JSON Schema is required"};
  }
  out = json_text{format};
  return std::nullopt;
}

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

json to_json(const chat_message& x) {
  json out{{"role", x.role}, {"content", x.content}};
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
