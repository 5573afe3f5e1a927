#include "actors/providers/codec/anthropic.hpp"

#include "actors/providers/codec/request_body.hpp"
#include "actors/providers/codec/tool_calls.hpp"
#include "actors/providers/codec/vendor_error.hpp"
#include "messages/model/json_fields.hpp"

namespace closedpaw::providers::codec {

namespace {

constexpr std::string_view vendor_name = "Anthropic";
constexpr std::int64_t default_max_tokens = 4096;

constexpr const char* version_header = "anthropic-version";
constexpr const char* version = "2023-06-01";

http_request list_models() {
  // More than there are, so that one page holds them.
  return {"GET",
          "/models?limit=1000",
          {{"accept", "application/json"}, {version_header, version}},
          {}};
}

result<std::vector<model_info>> parse_models(const http_reply& reply) {
  auto body = success_object(vendor_name, reply);
  if (!body) {
    return body.error();
  }
  const auto* models = array_in(*body, "data");
  if (!models) {
    return malformed(vendor_name, reply, "JSON without a list \"data\"");
  }
  std::vector<model_info> out;
  out.reserve(models->size());
  for (const auto& entry : *models) {
    const auto* id = text_in(entry, "id");
    if (!id || id->empty()) {
      return malformed_entry(vendor_name, reply, "data", out.size(), "id");
    }
    model_info model;
    model.name = *id;
    model.modified_at = text_or_empty(entry, "created_at");
    out.push_back(std::move(model));
  }
  return out;
}

/// It refuses the ids of some others.
std::string call_id(const std::string& id) {
  constexpr std::string_view allowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  return fitting_call_id(id, allowed, 0);
}

/// It refuses a block of text that is.
bool is_blank(const std::string& text) {
  return text.find_first_not_of(" \t\r\n") == text.npos;
}

json calling_blocks(const chat_message& x) {
  auto out = json::array();
  if (!is_blank(x.content)) {
    out.push_back({{"type", "text"}, {"text", x.content}});
  }
  for (const auto& call : x.tool_calls) {
    out.push_back({{"type", "tool_use"},
                   {"id", call_id(call.id)},
                   {"name", call.name},
                   {"input", arguments_object(call)}});
  }
  return out;
}

/// What calls return is said by the user, all of one answer's at once.
void add_result(json& messages, const chat_message& x) {
  json block{{"type", "tool_result"},
             {"tool_use_id", call_id(x.tool_call_id)},
             {"content", x.content}};
  const bool goes_on = !messages.empty() && messages.back()["role"] == "user" &&
                       messages.back()["content"].is_array();
  if (goes_on) {
    messages.back()["content"].push_back(std::move(block));
  } else {
    messages.push_back(
        {{"role", "user"}, {"content", json::array({std::move(block)})}});
  }
}

json block_of(const content_part& x) {
  if (x.image_url.empty()) {
    return {{"type", "text"}, {"text", x.text}};
  }
  if (const auto image = read_inline_image(x.image_url)) {
    return {{"type", "image"},
            {"source",
             {{"type", "base64"},
              {"media_type", image->media_type},
              {"data", image->base64}}}};
  }
  return {{"type", "image"},
          {"source", {{"type", "url"}, {"url", x.image_url}}}};
}

json content_of(const chat_message& x) {
  if (!x.tool_calls.empty()) {
    return calling_blocks(x);
  }
  if (x.parts.empty()) {
    return x.content;
  }
  auto out = json::array();
  for (const auto& part : x.parts) {
    if (!part.image_url.empty() || !is_blank(part.text)) {
      out.push_back(block_of(part));
    }
  }
  return out;
}

json messages_of(const chat_request& q) {
  auto out = json::array();
  for (const auto& x : q.messages) {
    if (x.role == "tool") {
      add_result(out, x);
    } else if (!is_instruction(x)) {
      out.push_back({{"role", x.role}, {"content", content_of(x)}});
    }
  }
  return out;
}

json tools_of(const tool_use& use) {
  auto out = json::array();
  for (const auto& x : use.tools) {
    json tool{{"name", x.name}};
    if (!x.description.empty()) {
      tool["description"] = x.description;
    }
    auto schema = x.parameters.value();
    tool["input_schema"] =
        schema.is_object() ? std::move(schema) : no_parameters();
    set_if(tool, "strict", x.strict);
    out.push_back(std::move(tool));
  }
  return out;
}

/// Null where nothing is said.
json choice_of(const tool_use& use) {
  json out;
  switch (use.choice) {
    case tool_choice::automatic:
      if (use.parallel) {
        out["type"] = "auto";
      }
      break;
    case tool_choice::none:
      return {{"type", "none"}};
    case tool_choice::required:
      out["type"] = "any";
      break;
    case tool_choice::named:
      out = {{"type", "tool"}, {"name", use.name}};
      break;
  }
  if (use.parallel) {
    out["disable_parallel_tool_use"] = !*use.parallel;
  }
  return out;
}

void add_tools(json& body, const tool_use& use) {
  if (use.tools.empty()) {
    return;
  }
  body["tools"] = tools_of(use);
  if (auto choice = choice_of(use); !choice.is_null()) {
    body["tool_choice"] = std::move(choice);
  }
}

http_request chat(const chat_request& q) {
  json body{{"model", q.model},
            {"max_tokens", q.options.max_tokens.value_or(default_max_tokens)},
            {"messages", messages_of(q)}};
  if (auto system = instructions(q); !system.empty()) {
    body["system"] = std::move(system);
  }
  set_if(body, "temperature", q.options.temperature);
  set_if(body, "top_p", q.options.top_p);
  if (!q.options.stop.empty()) {
    body["stop_sequences"] = q.options.stop;
  }
  add_tools(body, q.tools);
  if (auto schema = response_schema(q); !schema.is_null()) {
    body["output_config"]["format"] = {{"type", "json_schema"},
                                       {"schema", std::move(schema)}};
  }
  if (!q.stream_id.empty()) {
    body["stream"] = true;
  }
  auto out = post_json("/messages", body, q);
  out.headers.emplace_back(version_header, version);
  return out;
}

std::string finish_reason(const std::string& stop_reason) {
  if (stop_reason == "end_turn" || stop_reason == "stop_sequence") {
    return "stop";
  }
  if (stop_reason == "max_tokens" ||
      stop_reason == "model_context_window_exceeded") {
    return "length";
  }
  if (stop_reason == "tool_use") {
    return "tool_calls";
  }
  return stop_reason == "refusal" ? "content_filter" : stop_reason;
}

/// Tokens that were read from a cache or written to it are prompt, too.
void take_usage(const json& holder, chat_reply& out) {
  const auto* usage = object_in(holder, "usage");
  if (!usage) {
    return;
  }
  const auto prompt = count_or_zero(*usage, "input_tokens") +
                      count_or_zero(*usage, "cache_read_input_tokens") +
                      count_or_zero(*usage, "cache_creation_input_tokens");
  if (prompt > 0) {
    out.prompt_tokens = prompt;
  }
  if (const auto n = count_or_zero(*usage, "output_tokens"); n > 0) {
    out.completion_tokens = n;
  }
}

/// A block that is a call; in a stream its input follows.
bool take_call(const json& block, chat_reply& out) {
  auto name = text_or_empty(block, "name");
  const auto* input = object_in(block, "input");
  if (name.empty() || out.tool_calls.size() == max_calls) {
    return false;
  }
  out.tool_calls.push_back({text_or_empty(block, "id"),
                            std::move(name),
                            input && !input->empty() ? dump(*input) : "",
                            {}});
  return true;
}

result<chat_reply> parse_chat(const http_reply& reply) {
  auto body = success_object(vendor_name, reply, true);
  if (!body) {
    return body.error();
  }
  const auto* content = array_in(*body, "content");
  if (!content) {
    return malformed(vendor_name, reply, "JSON without a list \"content\"");
  }
  chat_reply out;
  for (const auto& block : *content) {
    const auto type = text_or_empty(block, "type");
    if (type == "text") {
      out.text += text_or_empty(block, "text");
    }
    if (type == "tool_use" && !take_call(block, out)) {
      return malformed(vendor_name, reply, "JSON with a call of no tool");
    }
  }
  out.model = text_or_empty(*body, "model");
  out.finish_reason = finish_reason(text_or_empty(*body, "stop_reason"));
  take_usage(*body, out);
  return out;
}

/// Blocks come one after the other, so that input is the last call's.
std::string read_delta(const json& body, chat_reply& reply) {
  const auto* delta = object_in(body, "delta");
  const auto type = delta ? text_or_empty(*delta, "type") : std::string{};
  if (type == "input_json_delta" && !reply.tool_calls.empty()) {
    reply.tool_calls.back().arguments += text_or_empty(*delta, "partial_json");
  }
  return type == "text_delta" ? text_or_empty(*delta, "text") : std::string{};
}

result<stream_step> read(const frame& message, partial_reply& reply) {
  auto body = frame_object(vendor_name, message);
  if (!body) {
    return body.error();
  }
  const auto type = text_or_empty(*body, "type");
  stream_step out;
  if (type == "error") {
    const auto error = body->find("error");
    return stream_failure(vendor_name, error == body->end() ? json() : *error);
  }
  if (type == "message_start") {
    if (const auto* started = object_in(*body, "message")) {
      reply.model = text_or_empty(*started, "model");
      take_usage(*started, reply);
    }
  } else if (type == "content_block_start") {
    const auto* block = object_in(*body, "content_block");
    if (block && text_or_empty(*block, "type") == "tool_use" &&
        !take_call(*block, reply)) {
      return malformed_frame(vendor_name, "a call of no tool", message);
    }
  } else if (type == "content_block_delta") {
    out.text = read_delta(*body, reply);
  } else if (type == "message_delta") {
    take_usage(*body, reply);
    if (const auto* delta = object_in(*body, "delta")) {
      if (const auto* reason = text_in(*delta, "stop_reason")) {
        reply.finish_reason = finish_reason(*reason);
      }
    }
  } else if (type == "message_stop") {
    out.last = true;
  }
  // Pings, block borders, and what will be invented, mean nothing here.
  return out;
}

}  // namespace

vendor anthropic_vendor() {
  return {.type = "anthropic",
          .key_header = "x-api-key",
          .key_prefix = {},
          .list_models = list_models,
          .parse_models = parse_models,
          .chat = chat,
          .parse_chat = parse_chat,
          .decode =
              [] {
                return std::make_unique<stream_decoder>(
                    vendor_name, std::make_unique<sse_framer>(), read);
              },
          .has_free_json = false,
          .has_seed = false,
          .has_penalties = false};
}

}  // namespace closedpaw::providers::codec
