#include "actors/providers/codec/google.hpp"

#include <algorithm>

#include "actors/providers/codec/request_body.hpp"
#include "actors/providers/codec/tool_calls.hpp"
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

/// Models from the third generation on refuse an answer's first call unless its
/// signature is given back. For one that another vendor's model made there is
/// this word (ai.google.dev/gemini-api/docs/thought-signatures).
std::string signature_for(const chat_request& q, const tool_call& x,
                          bool first) {
  const std::string_view model = q.model;
  const bool wants_one = first && model.starts_with("gemini-") &&
                         !model.starts_with("gemini-1") &&
                         !model.starts_with("gemini-2");
  return x.signature.empty() && wants_one ? "skip_thought_signature_validator"
                                          : x.signature;
}

json part_of(const content_part& x) {
  if (const auto image = read_inline_image(x.image_url)) {
    return {{"inlineData",
             {{"mimeType", image->media_type}, {"data", image->base64}}}};
  }
  return {{"text", x.text}};
}

json said(const chat_request& q, const chat_message& x) {
  auto parts = json::array();
  for (const auto& part : x.parts) {
    parts.push_back(part_of(part));
  }
  if (parts.empty() && (!x.content.empty() || x.tool_calls.empty())) {
    parts.push_back({{"text", x.content}});
  }
  for (const auto& call : x.tool_calls) {
    json part{{"functionCall",
               {{"id", call.id},
                {"name", call.name},
                {"args", arguments_object(call)}}}};
    const bool first = &call == x.tool_calls.data();
    if (auto signature = signature_for(q, call, first); !signature.empty()) {
      part["thoughtSignature"] = std::move(signature);
    }
    parts.push_back(std::move(part));
  }
  return {{"role", x.role == "assistant" ? "model" : "user"},
          {"parts", std::move(parts)}};
}

/// What calls return is said by the user, all of one answer's at once.
void add_result(json& contents, const chat_request& q, std::size_t index) {
  const auto& x = q.messages[index];
  auto value = parse_json(x.content);
  json part{{"functionResponse",
             {{"id", x.tool_call_id},
              {"name", called_function(q.messages, index)},
              {"response", value && value->is_object()
                               ? std::move(*value)
                               : json{{"output", x.content}}}}}};
  const bool goes_on =
      !contents.empty() && index > 0 && q.messages[index - 1].role == "tool";
  if (goes_on) {
    contents.back()["parts"].push_back(std::move(part));
  } else {
    contents.push_back(
        {{"role", "user"}, {"parts", json::array({std::move(part)})}});
  }
}

json contents_of(const chat_request& q) {
  auto out = json::array();
  for (std::size_t i = 0; i < q.messages.size(); ++i) {
    if (q.messages[i].role == "tool") {
      add_result(out, q, i);
    } else if (!is_instruction(q.messages[i])) {
      out.push_back(said(q, q.messages[i]));
    }
  }
  return out;
}

void add_tools(json& body, const tool_use& use) {
  if (use.tools.empty()) {
    return;
  }
  auto functions = json::array();
  for (const auto& x : use.tools) {
    json function{{"name", x.name}};
    if (!x.description.empty()) {
      function["description"] = x.description;
    }
    if (auto schema = x.parameters.value(); schema.is_object()) {
      function["parametersJsonSchema"] = std::move(schema);
    }
    functions.push_back(std::move(function));
  }
  body["tools"] =
      json::array({json{{"functionDeclarations", std::move(functions)}}});
  if (use.choice == tool_choice::automatic) {
    return;
  }
  auto& calling = body["toolConfig"]["functionCallingConfig"];
  calling["mode"] = use.choice == tool_choice::none ? "NONE" : "ANY";
  if (use.choice == tool_choice::named) {
    calling["allowedFunctionNames"] = json::array({use.name});
  }
}

json config_of(const chat_request& q) {
  auto out = json::object();
  set_if(out, "temperature", q.options.temperature);
  set_if(out, "topP", q.options.top_p);
  set_if(out, "maxOutputTokens", q.options.max_tokens);
  set_if(out, "seed", q.options.seed);
  set_if(out, "presencePenalty", q.options.presence_penalty);
  set_if(out, "frequencyPenalty", q.options.frequency_penalty);
  if (!q.options.stop.empty()) {
    out["stopSequences"] = q.options.stop;
  }
  if (response_type(q) != "text") {
    out["responseMimeType"] = "application/json";
  }
  if (auto schema = response_schema(q); !schema.is_null()) {
    out["responseJsonSchema"] = std::move(schema);
  }
  return out;
}

http_request chat(const chat_request& q) {
  json body{{"contents", contents_of(q)}};
  if (auto system = instructions(q); !system.empty()) {
    body["systemInstruction"]["parts"] =
        json::array({json{{"text", std::move(system)}}});
  }
  add_tools(body, q.tools);
  if (auto config = config_of(q); !config.empty()) {
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
  // In OpenAI's words there is no other for an answer that was not let out.
  constexpr std::string_view filtered[] = {
      "SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT",
      "SPII",   "LANGUAGE",   "OTHER"};
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

/// False for what is no call, or too many.
bool take_call(const json& part, chat_reply& out) {
  const auto* call = object_in(part, "functionCall");
  if (!call) {
    return !part.contains("functionCall");
  }
  auto name = text_or_empty(*call, "name");
  if (name.empty() || out.tool_calls.size() == max_calls) {
    return false;
  }
  const auto* arguments = object_in(*call, "args");
  out.tool_calls.push_back({text_or_empty(*call, "id"), std::move(name),
                            arguments ? dump(*arguments) : "",
                            text_or_empty(part, "thoughtSignature")});
  return true;
}

/// How an answer ends that is none, since the model's call was none.
bool is_no_answer(const std::string& reason) {
  constexpr std::string_view reasons[] = {
      "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS",
      "MISSING_THOUGHT_SIGNATURE", "MALFORMED_RESPONSE"};
  return std::ranges::find(reasons, reason) != std::end(reasons);
}

/// Why there is nothing to make of the first candidate.
std::optional<failure> unusable(const json& body) {
  const auto* candidates = array_in(body, "candidates");
  if (!candidates || candidates->empty()) {
    return std::nullopt;
  }
  const auto reason = text_or_empty(candidates->front(), "finishReason");
  if (!is_no_answer(reason)) {
    return std::nullopt;
  }
  return failure{errc::upstream_malformed,
                 "Google's model made a call that is none (" + reason + ")",
                 {},
                 {}};
}

/// The text of the first candidate; nothing when there is none, or one with a
/// call that is none.
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
    if (!take_call(part, out)) {
      return std::nullopt;
    }
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
  if (auto why = unusable(*body)) {
    return *why;
  }
  chat_reply out;
  auto text = take_candidate(*body, out);
  if (!text) {
    if (auto why = blocked(*body)) {
      return *why;
    }
    return malformed(vendor_name, reply,
                     "JSON without a first of \"candidates\", or with a call "
                     "of no function");
  }
  out.text = std::move(*text);
  take_common(*body, out);
  return out;
}

result<stream_step> read(const frame& message, partial_reply& reply) {
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
  if (auto why = unusable(*body)) {
    return *why;
  }
  take_common(*body, reply);
  auto text = take_candidate(*body, reply);
  if (const auto* list = array_in(*body, "candidates");
      !text && list && !list->empty()) {
    return malformed_frame(vendor_name, "a call of no function", message);
  }
  // The body's end is the only end that there is.
  return stream_step{.text = text.value_or("")};
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
          .decode =
              [] {
                return std::make_unique<stream_decoder>(
                    vendor_name, std::make_unique<sse_framer>(), read);
              },
          .can_limit_calls = false,
          .fetches_images = false};
}

}  // namespace closedpaw::providers::codec
