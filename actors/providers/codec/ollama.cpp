#include "actors/providers/codec/ollama.hpp"

#include "actors/providers/codec/request_body.hpp"
#include "actors/providers/codec/tool_calls.hpp"
#include "actors/providers/codec/vendor_error.hpp"
#include "messages/model/json_fields.hpp"
#include "messages/model/json_writer.hpp"

namespace closedpaw::providers::codec::ollama {

namespace {

constexpr std::string_view vendor_name = "Ollama";

model_info describe(std::string name, const json& entry) {
  model_info out;
  out.name = std::move(name);
  out.size = count_or_zero(entry, "size");
  out.modified_at = text_or_empty(entry, "modified_at");
  if (const auto* details = object_in(entry, "details")) {
    out.family = text_or_empty(*details, "family");
    out.parameter_size = text_or_empty(*details, "parameter_size");
  }
  return out;
}

result<json> answer_about_model(const http_reply& reply) {
  auto body = success_object(vendor_name, reply, true);
  // A runner that fails after the header was sent reports it with status 200.
  if (body && text_in(*body, "error")) {
    return status_failure(vendor_name, reply);
  }
  return body;
}

/// Once it is done: how it ended and what it took.
void take_end(const json& body, chat_reply& out) {
  out.model = text_or_empty(body, "model");
  out.finish_reason = text_or_empty(body, "done_reason");
  out.prompt_tokens = count_or_zero(body, "prompt_eval_count");
  out.completion_tokens = count_or_zero(body, "eval_count");
}

bool take_message_calls(const json& body, chat_reply& out) {
  const auto* message = object_in(body, "message");
  return !message || take_calls(*message, out);
}

bool is_done(const json& body) {
  const auto* done = member(body, "done", json::value_t::boolean);
  return done && done->get<bool>();
}

const std::string* content_of(const json& body) {
  const auto* message = object_in(body, "message");
  return message ? text_in(*message, "content") : nullptr;
}

result<stream_step> read(const frame& message, partial_reply& reply) {
  auto body = frame_object(vendor_name, message);
  if (!body) {
    return body.error();
  }
  if (const auto* error = text_in(*body, "error")) {
    return stream_failure(vendor_name, *error);
  }
  stream_step out;
  if (const auto* text = content_of(*body)) {
    out.text = *text;
  }
  if (!take_message_calls(*body, reply)) {
    return malformed_frame(vendor_name, "tool_calls that are none", message);
  }
  out.last = is_done(*body);
  if (out.last) {
    take_end(*body, reply);
  }
  return out;
}

json options_of(const chat_options& x) {
  auto out = json::object();
  set_if(out, "temperature", x.temperature);
  set_if(out, "top_p", x.top_p);
  set_if(out, "presence_penalty", x.presence_penalty);
  set_if(out, "frequency_penalty", x.frequency_penalty);
  set_if(out, "num_predict", x.max_tokens);
  set_if(out, "seed", x.seed);
  if (!x.stop.empty()) {
    out["stop"] = x.stop;
  }
  return out;
}

/// Without the ids, which older servers do not know.
json calls_of(const chat_message& x) {
  auto out = json::array();
  for (const auto& call : x.tool_calls) {
    out.push_back(
        {{"function",
          {{"name", call.name}, {"arguments", arguments_object(call)}}}});
  }
  return out;
}

json images_of(const chat_message& x) {
  auto out = json::array();
  for (const auto& part : x.parts) {
    if (const auto image = read_inline_image(part.image_url)) {
      out.push_back(image->base64);
    }
  }
  return out;
}

json tools_of(const chat_request& q) {
  auto body = json::object();
  write_tool_use(body, q.tools);
  return body["tools"];
}

json format_of(const chat_request& q) {
  return response_type(q) == "json_object" ? json("json") : response_schema(q);
}

}  // namespace

http_request list_models() {
  return {"GET", "/api/tags", {{"accept", "application/json"}}, {}};
}

result<std::vector<model_info>> parse_models(const http_reply& reply) {
  auto body = success_object(vendor_name, reply);
  if (!body) {
    return body.error();
  }
  auto models = body->find("models");
  // Older servers write an empty list as null.
  if (models != body->end() && models->is_null()) {
    return std::vector<model_info>{};
  }
  if (models == body->end() || !models->is_array()) {
    return malformed(vendor_name, reply, "JSON without a list \"models\"");
  }
  std::vector<model_info> out;
  out.reserve(models->size());
  for (const auto& entry : *models) {
    auto name = text_or_empty(entry, "name");
    if (name.empty()) {
      return malformed_entry(vendor_name, reply, "models", out.size(), "name");
    }
    out.push_back(describe(std::move(name), entry));
  }
  return out;
}

http_request show(std::string_view model) {
  return post_json("/api/show", json{{"model", model}}, {});
}

result<model_details> parse_show(const http_reply& reply) {
  auto body = answer_about_model(reply);
  if (!body) {
    return body.error();
  }
  const auto* info = object_in(*body, "model_info");
  if (!info) {
    return malformed(vendor_name, reply,
                     "JSON without an object \"model_info\"");
  }
  model_details out;
  // Its keys begin with the architecture: "llama.context_length".
  const auto length =
      text_or_empty(*info, "general.architecture") + ".context_length";
  out.context_length = count_or_zero(*info, length.c_str());
  // Older servers do not say.
  if (const auto* all = array_in(*body, "capabilities")) {
    for (const auto& each : *all) {
      if (each.is_string()) {
        out.capabilities.push_back(each.get<std::string>());
      }
    }
  }
  return out;
}

http_request chat(const chat_request& request) {
  const auto& conversation = request.messages;
  const auto body = object_text([&](json_writer& w) {
    w.text("model", request.model);
    w.array("messages", conversation,
            [&](std::string& out, const chat_message& x) {
              json_writer one{out};
              one.text("role", plain_role(x));
              one.text("content", x.content);
              if (!x.parts.empty()) {
                one.value("images", json_text{images_of(x)});
              }
              if (!x.tool_calls.empty()) {
                one.value("tool_calls", json_text{calls_of(x)});
              }
              if (x.role == "tool") {
                const auto index =
                    static_cast<std::size_t>(&x - conversation.data());
                one.text("tool_name", called_function(conversation, index));
              }
              one.end();
            });
    w.value("stream", !request.stream_id.empty());
    // It has no word for "none" but none.
    if (!request.tools.tools.empty() &&
        request.tools.choice != tool_choice::none) {
      w.value("tools", json_text{tools_of(request)});
    }
    if (auto format = format_of(request); !format.is_null()) {
      w.value("format", json_text{format});
    }
    if (const auto options = options_of(request.options); !options.empty()) {
      w.value("options", json_text{options});
    }
  });
  return post_json("/api/chat", body, request);
}

result<chat_reply> parse_chat(const http_reply& reply) {
  auto body = answer_about_model(reply);
  if (!body) {
    return body.error();
  }
  chat_reply out;
  if (!take_message_calls(*body, out)) {
    return malformed(vendor_name, reply,
                     "JSON with \"tool_calls\" that are none");
  }
  const auto* content = content_of(*body);
  if (!content && out.tool_calls.empty()) {
    return malformed(vendor_name, reply,
                     "JSON without the text \"message.content\"");
  }
  if (body->contains("done") && !is_done(*body)) {
    return malformed(vendor_name, reply,
                     "an unfinished answer (\"done\" is false)");
  }
  out.text = content ? *content : "";
  take_end(*body, out);
  return out;
}

std::unique_ptr<stream_decoder> decode() {
  return std::make_unique<stream_decoder>(
      vendor_name, std::make_unique<line_framer>(), read);
}

}  // namespace closedpaw::providers::codec::ollama
