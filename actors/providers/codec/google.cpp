#include "actors/providers/codec/google.hpp"

#include <algorithm>

#include "actors/providers/codec/request_body.hpp"
#include "actors/providers/codec/vendor_error.hpp"
#include "actors/providers/codec/vendor_text.hpp"
#include "messages/model/json_fields.hpp"

namespace closedpaw::providers::codec {

namespace {

constexpr std::string_view vendor_name = "Google";
constexpr std::string_view name_prefix = "models/";

http_request list_models() {
  return {"GET", "/models?pageSize=1000", {{"accept", "application/json"}}, {}};
}

bool can_chat(const json& entry) {
  const auto* methods = array_in(entry, "supportedGenerationMethods");
  return methods &&
         std::ranges::find(*methods, json("generateContent")) != methods->end();
}

result<std::vector<model_info>> parse_models(const http_reply& reply) {
  auto body = success_object(vendor_name, reply);
  if (!body) {
    return body.error();
  }
  const auto* models = array_in(*body, "models");
  if (!models) {
    return malformed(vendor_name, reply, "JSON without a list \"models\"");
  }
  std::vector<model_info> out;
  for (const auto& entry : *models) {
    auto name = text_or_empty(entry, "name");
    if (name.empty()) {
      return malformed_entry(vendor_name, reply, "models", out.size(), "name");
    }
    if (!can_chat(entry)) {
      continue;
    }
    if (name.starts_with(name_prefix)) {
      name.erase(0, name_prefix.size());
    }
    model_info model;
    model.name = std::move(name);
    out.push_back(std::move(model));
  }
  return out;
}

/// One segment of a path (RFC 3986): a model's name may not add any other.
std::string segment(std::string_view text) {
  constexpr std::string_view plain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (plain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return out;
}

json content(const chat_message& x) {
  json out{{"role", x.role == "assistant" ? "model" : "user"}};
  out["parts"] = json::array({json{{"text", x.content}}});
  return out;
}

http_request chat(const chat_request& q) {
  auto contents = json::array();
  for (const auto& x : q.messages) {
    if (!is_instruction(x)) {
      contents.push_back(content(x));
    }
  }
  json body{{"contents", std::move(contents)}};
  if (auto system = instructions(q); !system.empty()) {
    body["systemInstruction"]["parts"] =
        json::array({json{{"text", std::move(system)}}});
  }
  auto config = json::object();
  set_if(config, "temperature", q.options.temperature);
  set_if(config, "topP", q.options.top_p);
  set_if(config, "maxOutputTokens", q.options.max_tokens);
  set_if(config, "seed", q.options.seed);
  set_if(config, "presencePenalty", q.options.presence_penalty);
  set_if(config, "frequencyPenalty", q.options.frequency_penalty);
  if (!q.options.stop.empty()) {
    config["stopSequences"] = q.options.stop;
  }
  if (!config.empty()) {
    body["generationConfig"] = std::move(config);
  }
  return post_json("/models/" + segment(q.model) +
                       (q.stream_id.empty() ? ":generateContent"
                                            : ":streamGenerateContent?alt=sse"),
                   body, q);
}

std::string finish_reason(const std::string& reason) {
  if (reason == "STOP") {
    return "stop";
  }
  if (reason == "MAX_TOKENS") {
    return "length";
  }
  constexpr std::string_view filtered[] = {"SAFETY", "RECITATION", "BLOCKLIST",
                                           "PROHIBITED_CONTENT", "SPII"};
  return std::ranges::find(filtered, reason) != std::end(filtered)
             ? "content_filter"
             : reason;
}

/// What thinking costs is paid like the answer.
void take_common(const json& body, chat_reply& out) {
  if (const auto* model = text_in(body, "modelVersion")) {
    out.model = *model;
  }
  if (const auto* usage = object_in(body, "usageMetadata")) {
    out.prompt_tokens = count_or_zero(*usage, "promptTokenCount");
    out.completion_tokens = count_or_zero(*usage, "candidatesTokenCount") +
                            count_or_zero(*usage, "thoughtsTokenCount");
  }
}

/// The text of the first candidate; nothing when there is no candidate.
std::optional<std::string> take_candidate(const json& body, chat_reply& out) {
  const auto* candidates = array_in(body, "candidates");
  if (!candidates || candidates->empty()) {
    return std::nullopt;
  }
  const auto& first = candidates->front();
  if (const auto* reason = text_in(first, "finishReason")) {
    out.finish_reason = finish_reason(*reason);
  }
  std::string text;
  const auto* inner = object_in(first, "content");
  const auto* parts = inner ? array_in(*inner, "parts") : nullptr;
  for (const auto& part : parts ? *parts : json::array()) {
    const auto* thought = member(part, "thought", json::value_t::boolean);
    if (!thought || !thought->get<bool>()) {
      text += text_or_empty(part, "text");
    }
  }
  return text;
}

std::optional<failure> blocked(const json& body) {
  const auto* feedback = object_in(body, "promptFeedback");
  const auto* reason = feedback ? text_in(*feedback, "blockReason") : nullptr;
  if (!reason) {
    return std::nullopt;
  }
  return failure{errc::bad_request,
                 "Google refused the prompt: " + clean_vendor_text(*reason, 60),
                 {},
                 {{"upstream_status", 200}}};
}

result<chat_reply> parse_chat(const http_reply& reply) {
  auto body = success_object(vendor_name, reply, true);
  if (!body) {
    return body.error();
  }
  chat_reply out;
  auto text = take_candidate(*body, out);
  if (!text) {
    if (auto why = blocked(*body)) {
      return *why;
    }
    return malformed(vendor_name, reply,
                     "JSON without a first of \"candidates\"");
  }
  out.text = std::move(*text);
  take_common(*body, out);
  return out;
}

result<stream_step> read(const frame& message, chat_reply& reply) {
  auto body = frame_object(vendor_name, message);
  if (!body) {
    return body.error();
  }
  if (auto error = body->find("error"); error != body->end()) {
    return stream_failure(vendor_name, *error);
  }
  if (auto why = blocked(*body)) {
    return *why;
  }
  take_common(*body, reply);
  // The body's end is the only end that there is.
  return stream_step{.text = take_candidate(*body, reply).value_or("")};
}

}  // namespace

vendor google_vendor() {
  return {.type = "google",
          .key_header = "x-goog-api-key",
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
