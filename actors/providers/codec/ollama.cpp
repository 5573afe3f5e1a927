#include "actors/providers/codec/ollama.hpp"

#include "actors/providers/codec/vendor_error.hpp"

namespace closedpaw::providers::codec::ollama {

namespace {

constexpr std::string_view vendor_name = "Ollama";

http_request post(std::string path, const json& body) {
  return {
      "POST",
      std::move(path),
      {{"content-type", "application/json"}, {"accept", "application/json"}},
      dump(body)};
}

/// The member if it has the wanted type, else null.
const json* member(const json& object, const char* name, json::value_t wanted) {
  if (!object.is_object()) {
    return nullptr;
  }
  auto found = object.find(name);
  return found != object.end() && found->type() == wanted ? &*found : nullptr;
}

std::string text_or_empty(const json& object, const char* name) {
  const auto* found = member(object, name, json::value_t::string);
  return found ? found->get<std::string>() : std::string{};
}

std::uint64_t count_or_zero(const json& object, const char* name) {
  const auto* found = member(object, name, json::value_t::number_unsigned);
  return found ? found->get<std::uint64_t>() : 0;
}

model_info describe(std::string name, const json& entry) {
  model_info out;
  out.name = std::move(name);
  out.size = count_or_zero(entry, "size");
  out.modified_at = text_or_empty(entry, "modified_at");
  if (const auto* details = member(entry, "details", json::value_t::object)) {
    out.family = text_or_empty(*details, "family");
    out.parameter_size = text_or_empty(*details, "parameter_size");
  }
  return out;
}

/// Ollama says 404 both for unknown models and for unknown paths; only the
/// former speaks of the model.
result<json> answer_about_model(const http_reply& reply) {
  if (reply.status == 404) {
    auto said = vendor_message(reply);
    if (said.starts_with("model") && said.find("not found") != said.npos) {
      return failure{.code = errc::not_found,
                     .message = "Ollama: " + said,
                     .retry_after = {},
                     .extra = {{"upstream_status", 404}}};
    }
  }
  auto body = success_object(vendor_name, reply);
  // A runner that fails after the header was sent reports it with status 200.
  if (body && member(*body, "error", json::value_t::string)) {
    return status_failure(vendor_name, reply);
  }
  return body;
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
      return malformed(vendor_name, reply,
                       "JSON without the text \"models[" +
                           std::to_string(out.size()) + "].name\"");
    }
    out.push_back(describe(std::move(name), entry));
  }
  return out;
}

http_request show(std::string_view model) {
  return post("/api/show", {{"model", model}});
}

result<model_info> parse_show(std::string_view model, const http_reply& reply) {
  auto body = answer_about_model(reply);
  if (!body) {
    return body.error();
  }
  if (!member(*body, "details", json::value_t::object)) {
    return malformed(vendor_name, reply, "JSON without an object \"details\"");
  }
  return describe(std::string{model}, *body);
}

http_request chat(const chat_request& request) {
  auto messages = json::array();
  for (const auto& x : request.messages) {
    messages.push_back({{"role", x.role}, {"content", x.content}});
  }
  auto out = post("/api/chat", {{"model", request.model},
                                {"messages", std::move(messages)},
                                {"stream", false}});
  if (!request.request_id.empty()) {
    out.headers.emplace_back("x-request-id", request.request_id);
  }
  return out;
}

result<chat_reply> parse_chat(const http_reply& reply) {
  auto body = answer_about_model(reply);
  if (!body) {
    return body.error();
  }
  const auto* message = member(*body, "message", json::value_t::object);
  const auto* content =
      message ? member(*message, "content", json::value_t::string) : nullptr;
  if (!content) {
    return malformed(vendor_name, reply,
                     "JSON without the text \"message.content\"");
  }
  const auto* done = member(*body, "done", json::value_t::boolean);
  if (done && !done->get<bool>()) {
    return malformed(vendor_name, reply,
                     "an unfinished answer (\"done\" is false)");
  }
  chat_reply out;
  out.text = content->get<std::string>();
  out.model = text_or_empty(*body, "model");
  out.finish_reason = text_or_empty(*body, "done_reason");
  out.prompt_tokens = count_or_zero(*body, "prompt_eval_count");
  out.completion_tokens = count_or_zero(*body, "eval_count");
  return out;
}

}  // namespace closedpaw::providers::codec::ollama
