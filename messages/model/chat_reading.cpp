#include <algorithm>
#include <array>
#include <set>

#include "messages/model/chat.hpp"
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

constexpr std::size_t longest_name = 128;
/// Some gateways put what a vendor wants back with a call into its id.
constexpr std::size_t longest_id = 16'384;

/// A name or an id: no sentence, since nobody judges it.
reading read_word(const json& object, const char* name,
                  const std::string& place, std::size_t longest,
                  std::string& out) {
  const auto fits = [](char c) { return c > ' ' && c <= '~'; };
  if (auto wrong = read_name(object, name, place, out))
    return wrong;
  if (out.size() > longest || !std::ranges::all_of(out, fits))
    return misreading{place + '.' + name,
                      "expected at most " + std::to_string(longest) +
                          " characters of ASCII and no blanks"};
  return std::nullopt;
}

reading read_image(const json& part, const std::string& place,
                   content_part& out) {
  const auto& image = member_or_null(part, "image_url");
  if (auto wrong = read_name(image, "url", place + ".image_url", out.image_url))
    return wrong;
  out.detail = text_or_empty(image, "detail");
  const std::string_view url = out.image_url;
  const bool elsewhere =
      url.starts_with("https://") || url.starts_with("http://");
  if (!elsewhere && !read_inline_image(url))
    return misreading{place + ".image_url.url",
                      "expected an http or https URL, or "
                      "data:image/…;base64,…"};
  return std::nullopt;
}

reading read_part(const json& x, const std::string& place, bool of_user,
                  content_part& out) {
  const auto type = text_or_empty(x, "type");
  if (type == "image_url" && of_user)
    return read_image(x, place, out);
  if (type == "image_url")
    return misreading{place + ".type", "only users may show images"};
  const auto* text = text_in(x, type == "refusal" ? "refusal" : "text");
  if ((type != "text" && type != "refusal") || !text)
    return misreading{place + ".type",
                      "expected parts of type text or image_url; sound and "
                      "files are not supported"};
  out.text = *text;
  return std::nullopt;
}

/// A text or a list of parts; null leaves it empty.
reading read_content(const json& content, const std::string& place,
                     chat_message& out) {
  if (content.is_null())
    return std::nullopt;
  if (content.is_string()) {
    out.content = content.get_ref<const std::string&>();
    return std::nullopt;
  }
  if (!content.is_array())
    return misreading{place, "expected a text or a list of parts"};
  bool seen = false;
  for (const auto& x : content) {
    content_part part;
    if (auto wrong =
            read_part(x, at(place, out.parts.size()), out.role == "user", part))
      return wrong;
    out.content += part.text;
    seen = seen || !part.image_url.empty();
    out.parts.push_back(std::move(part));
  }
  if (!seen)
    out.parts.clear();
  return std::nullopt;
}

reading read_call(const json& x, const std::string& place, tool_call& out) {
  if (const auto type = text_or_empty(x, "type");
      !type.empty() && type != "function")
    return misreading{place + ".type", "only calls of functions are supported"};
  if (auto wrong = read_word(x, "id", place, longest_id, out.id))
    return wrong;
  const auto& function = member_or_null(x, "function");
  // As the model said it, whether there is such a function or not.
  if (auto wrong = read_name(function, "name", place + ".function", out.name))
    return wrong;
  if (out.name.size() > longest_name)
    return misreading{place + ".function.name",
                      "expected at most 128 characters"};
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
    if (auto wrong =
            read_word(x, "tool_call_id", place, longest_id, out.tool_call_id))
      return wrong;
  const auto& said = member_or_null(x, "content");
  const auto& content = said.is_null() && out.role == "assistant"
                            ? member_or_null(x, "refusal")
                            : said;
  if (content.is_null() && out.tool_calls.empty())
    return misreading{place + ".content", "a text is required"};
  return read_content(content, place + ".content", out);
}

reading read_tool(const json& x, const std::string& place,
                  tool_definition& out) {
  if (text_or_empty(x, "type") != "function")
    return misreading{place + ".type",
                      "only tools of type function are supported"};
  const auto& function = member_or_null(x, "function");
  const auto inner = place + ".function";
  if (auto wrong = read_word(function, "name", inner, longest_name, out.name))
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
    return misreading{"tool_choice", out.choice == tool_choice::named
                                         ? "tools has no such function"
                                         : "tools are required"};
  return std::nullopt;
}

}  // namespace

std::optional<misreading> read_messages(const json& body,
                                        std::vector<chat_message>& out) {
  const auto* list = array_in(body, "messages");
  if (!list || list->empty())
    return misreading{"messages", "a list of messages is required"};
  std::set<std::string> called;
  for (const auto& x : *list) {
    chat_message message;
    if (auto wrong = read_message(x, at("messages", out.size()), message))
      return wrong;
    for (const auto& call : message.tool_calls)
      called.insert(call.id);
    out.push_back(std::move(message));
    const auto& answered = out.back().tool_call_id;
    if (!answered.empty() && !called.contains(answered))
      return misreading{at("messages", out.size() - 1) + ".tool_call_id",
                        "no message before it has a call with this id"};
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

}  // namespace closedpaw
