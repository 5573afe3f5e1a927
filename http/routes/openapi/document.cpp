#include "http/routes/openapi/document.hpp"

#include <boost/algorithm/string/case_conv.hpp>
#include <locale>
#include <map>

#include "actors/security/login_sessions.hpp"
#include "http/routes/openapi/operation.hpp"

namespace closedpaw::http {

namespace {

const std::map<std::string, std::string>& tag_texts() {
  static const std::map<std::string, std::string> texts{
      {"actions", "What was asked for, and the decisions about it"},
      {"audit", "The tamper-evident record"},
      {"security", "What texts read like"},
      {"alerts", "What is wrong by the rules, and who is told"},
      {"agents", "Sandboxes, and what runs in them"},
      {"channels", "Telegram, Slack and the like"},
      {"chat", "Talking to a model"},
      {"models", "Models of the local provider"},
      {"operation", "Health, events, configuration, this document"},
      {"providers", "Model servers and services"},
      {"openai", "OpenAI's API over every provider, for its SDKs"},
      {"skills", "What agents may do"},
      {"supervision", "The tree of actors"},
      {"vault", "Keys and tokens, by name only"}};
  return texts;
}

// "/api/supervision/{path...}" is a "{path}" to OpenAPI, which has no rest of
// the path.
std::string public_pattern(std::string pattern) {
  if (const auto dots = pattern.find("...}"); dots != std::string::npos)
    pattern.erase(dots, 3);
  return pattern;
}

void add_path_parameters(json& parameters, std::string_view pattern) {
  for (auto open = pattern.find('{'); open != std::string_view::npos;
       open = pattern.find('{', open + 1)) {
    const auto close = pattern.find('}', open);
    parameters.push_back({{"name", pattern.substr(open + 1, close - open - 1)},
                          {"in", "path"},
                          {"required", true},
                          {"schema", string_schema()}});
  }
}

void add_answer(json& responses, const char* status, std::string_view text,
                const char* schema) {
  if (responses.contains(status))
    return;
  json& answer = responses[status];
  answer["description"] = text;
  answer["content"]["application/json"] = {{"schema", ref(schema)}};
}

json complete(const route& r, std::string_view pattern) {
  json op = r.operation();
  const bool has_input =
      op.contains("requestBody") || !op["parameters"].empty();
  add_path_parameters(op["parameters"], pattern);
  auto& responses = op["responses"];
  add_answer(responses, "403", "The peer, its Host or its Origin is refused",
             "Error");
  if (has_input)
    add_answer(responses, "422", "Not of the declared form", "ValidationError");
  if (pattern.find('{') != std::string_view::npos)
    add_answer(responses, "404", "There is no such thing", "Error");
  add_answer(responses, "default", "What went wrong, and its code", "Error");
  op["x-access"] = to_string(r.level);
  return op;
}

}  // namespace

json openapi_document(const std::vector<route>& routes,
                      std::string_view version) {
  json paths = json::object();
  for (const auto& r : routes) {
    if (!r.operation)
      continue;
    const auto pattern = public_pattern(r.pattern);
    const auto verb = boost::algorithm::to_lower_copy(
        std::string{to_string(r.verb)}, std::locale::classic());
    paths[pattern][verb] = complete(r, pattern);
  }
  json tags = json::array();
  for (const auto& [name, text] : tag_texts())
    tags.push_back({{"name", name}, {"description", text}});
  json server = {{"url", "/"}, {"description", "This daemon"}};
  return {{"openapi", "3.0.3"},
          {"info",
           {{"title", "ClosedPaw"},
            {"version", version},
            {"description",
             "A local-first, zero-trust AI assistant. This machine's user is "
             "known by its uid, and sends nothing to prove it. From other "
             "machines it takes TLS and a token, or a session that began with "
             "one; x-access is the scope that an operation needs."}}},
          {"servers", json::array({std::move(server)})},
          {"security", json::array({json::object(),
                                    {{"token", json::array()}},
                                    {{"session", json::array()}}})},
          {"tags", std::move(tags)},
          {"paths", std::move(paths)},
          {"components",
           {{"schemas", component_schemas()},
            {"securitySchemes",
             {{"token", {{"type", "http"}, {"scheme", "bearer"}}},
              {"session",
               {{"type", "apiKey"},
                {"in", "cookie"},
                {"name", security::login_cookie}}}}}}}};
}

}  // namespace closedpaw::http
