#include "actors/providers/codec/openai.hpp"

#include "actors/providers/codec/request_body.hpp"
#include "actors/providers/codec/tool_calls.hpp"
#include "actors/providers/codec/vendor_error.hpp"
#include "messages/model/json_fields.hpp"

namespace closedpaw::providers::codec {

namespace {

/// In what the speakers of the protocol differ.
struct dialect {
  std::string_view name;
  const char* max_tokens;
  const char* seed;
  /// Must be asked for the usage of a stream; the others refuse the question or
  /// send it unasked.
  bool asks_for_usage;
  /// Knows the role "developer", which the others call "system".
  bool has_developers;
  /// Takes only its own ids of calls: nine letters and digits.
  bool has_short_call_ids;
  /// A function without parameters has to say so.
  bool wants_parameters;
  /// Takes members that it does not know: what it is, is not known.
  bool is_lenient;
};

constexpr dialect openai_dialect{.name = "OpenAI",
                                 .max_tokens = "max_completion_tokens",
                                 .seed = "seed",
                                 .asks_for_usage = true,
                                 .has_developers = true,
                                 .has_short_call_ids = false,
                                 .wants_parameters = false,
                                 .is_lenient = false};
constexpr dialect mistral_dialect{.name = "Mistral",
                                  .max_tokens = "max_tokens",
                                  .seed = "random_seed",
                                  .asks_for_usage = false,
                                  .has_developers = false,
                                  .has_short_call_ids = true,
                                  .wants_parameters = true,
                                  .is_lenient = false};
constexpr dialect custom_dialect{.name = "the provider",
                                 .max_tokens = "max_tokens",
                                 .seed = "seed",
                                 .asks_for_usage = true,
                                 .has_developers = false,
                                 .has_short_call_ids = false,
                                 .wants_parameters = false,
                                 .is_lenient = true};

std::string short_call_id(const std::string& id) {
  constexpr std::string_view allowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  return fitting_call_id(id, allowed, 9);
}

json message_for(const dialect& d, chat_message x) {
  if (!d.has_developers) {
    x.role = plain_role(x);
  }
  for (auto& call : x.tool_calls) {
    if (!d.is_lenient) {
      call.signature.clear();
    }
    if (d.has_short_call_ids) {
      call.id = short_call_id(call.id);
    }
  }
  if (d.has_short_call_ids) {
    x.tool_call_id = short_call_id(x.tool_call_id);
  }
  return to_json(x);
}

tool_use tools_for(const dialect& d, tool_use x) {
  if (d.wants_parameters) {
    for (auto& tool : x.tools) {
      if (tool.parameters == json_text{}) {
        tool.parameters = no_parameters();
      }
    }
  }
  return x;
}

http_request chat_for(const dialect& d, const chat_request& q) {
  auto messages = json::array();
  for (const auto& x : q.messages) {
    messages.push_back(message_for(d, x));
  }
  json body{{"model", q.model}, {"messages", std::move(messages)}};
  set_if(body, "temperature", q.options.temperature);
  set_if(body, "top_p", q.options.top_p);
  set_if(body, "presence_penalty", q.options.presence_penalty);
  set_if(body, "frequency_penalty", q.options.frequency_penalty);
  set_if(body, d.max_tokens, q.options.max_tokens);
  set_if(body, d.seed, q.options.seed);
  if (!q.options.stop.empty()) {
    body["stop"] = q.options.stop;
  }
  if (q.options.response_format != json_text{}) {
    body["response_format"] = q.options.response_format.value();
  }
  write_tool_use(body, tools_for(d, q.tools));
  if (!q.stream_id.empty()) {
    body["stream"] = true;
    if (d.asks_for_usage) {
      body["stream_options"] = {{"include_usage", true}};
    }
  }
  return post_json("/chat/completions", body, q);
}

result<std::vector<model_info>> models_of(const dialect& d,
                                          const http_reply& reply) {
  auto body = success_object(d.name, reply);
  if (!body) {
    return body.error();
  }
  const auto* models = array_in(*body, "data");
  if (!models) {
    return malformed(d.name, reply, "JSON without a list \"data\"");
  }
  std::vector<model_info> out;
  out.reserve(models->size());
  for (const auto& entry : *models) {
    const auto* id = text_in(entry, "id");
    if (!id || id->empty()) {
      return malformed_entry(d.name, reply, "data", out.size(), "id");
    }
    model_info model;
    model.name = *id;
    model.family = text_or_empty(entry, "owned_by");
    out.push_back(std::move(model));
  }
  return out;
}

/// A text, or (Mistral) parts of which some are texts; null when neither.
std::optional<std::string> content_text(const json& message,
                                        chat_reply& reply) {
  if (const auto* text = text_in(message, "content")) {
    return *text;
  }
  if (const auto* parts = array_in(message, "content")) {
    std::string out;
    for (const auto& part : *parts) {
      if (const auto* text = text_in(part, "text")) {
        out += *text;
      }
    }
    return out;
  }
  if (const auto* refusal = text_in(message, "refusal")) {
    reply.refused = true;
    return *refusal;
  }
  return std::nullopt;
}

/// Mistral's words beside OpenAI's.
std::string finish_reason(const std::string& reason) {
  return reason == "model_length" ? "length" : reason;
}

bool is_broken_off(const std::string& reason) {
  return reason == "error";
}

failure broken_off(std::string_view vendor) {
  return {errc::upstream_failed,
          std::string{vendor} + " broke its answer off (finish_reason error)",
          {},
          {{"upstream_status", 200}}};
}

void take_common(const json& body, chat_reply& out) {
  if (const auto* model = text_in(body, "model")) {
    out.model = *model;
  }
  if (const auto* usage = object_in(body, "usage")) {
    out.prompt_tokens = count_or_zero(*usage, "prompt_tokens");
    out.completion_tokens = count_or_zero(*usage, "completion_tokens");
  }
}

result<chat_reply> reply_of(const dialect& d, const http_reply& reply) {
  auto body = success_object(d.name, reply, true);
  if (!body) {
    return body.error();
  }
  const auto* choices = array_in(*body, "choices");
  const auto* first =
      choices && !choices->empty() ? &choices->front() : nullptr;
  const auto* message = first ? object_in(*first, "message") : nullptr;
  chat_reply out;
  if (message && !take_calls(*message, out)) {
    return malformed(d.name, reply, "JSON with \"tool_calls\" that are none");
  }
  auto text = message ? content_text(*message, out) : std::nullopt;
  const auto reason = first ? text_or_empty(*first, "finish_reason") : "";
  // None is said where all was spent on reasoning: the reason is why.
  const bool explained = message && !reason.empty();
  if (!text && out.tool_calls.empty() && !explained) {
    return malformed(d.name, reply,
                     "JSON without the text \"choices[0].message.content\"");
  }
  if (is_broken_off(reason)) {
    return broken_off(d.name);
  }
  out.text = std::move(text).value_or("");
  out.finish_reason = finish_reason(reason);
  take_common(*body, out);
  return out;
}

result<stream_step> step_of(const dialect& d, const frame& message,
                            partial_reply& reply) {
  if (message.data == "[DONE]") {
    return stream_step{.last = true};
  }
  auto body = frame_object(d.name, message);
  if (!body) {
    return body.error();
  }
  if (auto error = body->find("error");
      error != body->end() && !error->is_null()) {
    return stream_failure(d.name, *error);
  }
  take_common(*body, reply);
  stream_step out;
  const auto* choices = array_in(*body, "choices");
  if (!choices || choices->empty()) {
    return out;
  }
  const auto& first = choices->front();
  if (const auto* delta = object_in(first, "delta")) {
    out.text = content_text(*delta, reply).value_or("");
    if (!take_call_pieces(*delta, reply)) {
      return malformed_frame(d.name, "tool_calls that are none", message);
    }
  }
  if (const auto* reason = text_in(first, "finish_reason")) {
    if (is_broken_off(*reason)) {
      return broken_off(d.name);
    }
    reply.finish_reason = finish_reason(*reason);
  }
  return out;
}

http_request list_models() {
  return {"GET", "/models", {{"accept", "application/json"}}, {}};
}

template <const dialect& D>
vendor speaking(std::string_view type) {
  return {
      .type = type,
      .key_header = "authorization",
      .key_prefix = "Bearer ",
      .list_models = list_models,
      .parse_models = [](const http_reply& x) { return models_of(D, x); },
      .chat = [](const chat_request& x) { return chat_for(D, x); },
      .parse_chat = [](const http_reply& x) { return reply_of(D, x); },
      .decode =
          [] {
            return std::make_unique<stream_decoder>(
                D.name, std::make_unique<sse_framer>(),
                [](const frame& x, partial_reply& reply) {
                  return step_of(D, x, reply);
                });
          },
  };
}

}  // namespace

vendor openai_vendor() {
  return speaking<openai_dialect>("openai");
}

vendor mistral_vendor() {
  return speaking<mistral_dialect>("mistral");
}

vendor custom_vendor() {
  return speaking<custom_dialect>("custom");
}

}  // namespace closedpaw::providers::codec
