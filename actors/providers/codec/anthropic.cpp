#include "actors/providers/codec/anthropic.hpp"

#include "actors/providers/codec/request_body.hpp"
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

http_request chat(const chat_request& q) {
  auto messages = json::array();
  for (const auto& x : q.messages) {
    if (!is_instruction(x)) {
      messages.push_back({{"role", x.role}, {"content", x.content}});
    }
  }
  json body{{"model", q.model},
            {"max_tokens", q.options.max_tokens.value_or(default_max_tokens)},
            {"messages", std::move(messages)}};
  if (auto system = instructions(q); !system.empty()) {
    body["system"] = std::move(system);
  }
  set_if(body, "temperature", q.options.temperature);
  set_if(body, "top_p", q.options.top_p);
  if (!q.options.stop.empty()) {
    body["stop_sequences"] = q.options.stop;
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
  if (stop_reason == "max_tokens") {
    return "length";
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
    if (text_or_empty(block, "type") == "text") {
      out.text += text_or_empty(block, "text");
    }
  }
  out.model = text_or_empty(*body, "model");
  out.finish_reason = finish_reason(text_or_empty(*body, "stop_reason"));
  take_usage(*body, out);
  return out;
}

result<stream_step> read(const frame& message, chat_reply& reply) {
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
  } else if (type == "content_block_delta") {
    const auto* delta = object_in(*body, "delta");
    if (delta && text_or_empty(*delta, "type") == "text_delta") {
      out.text = text_or_empty(*delta, "text");
    }
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
          .decode = [] {
            return std::make_unique<stream_decoder>(
                vendor_name, std::make_unique<sse_framer>(), read);
          }};
}

}  // namespace closedpaw::providers::codec
