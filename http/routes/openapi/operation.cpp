#include "http/routes/openapi/operation.hpp"

namespace closedpaw::http {

operation::operation(std::string_view id, std::string_view tag,
                     std::string_view summary)
    : fragment_{{"operationId", id},
                {"tags", json::array({tag})},
                {"summary", summary},
                {"parameters", json::array()},
                {"responses", json::object()}} {}

operation& operation::describe(std::string_view text) {
  fragment_["description"] = text;
  return *this;
}

operation& operation::query(std::string_view name, json schema,
                            std::string_view text, bool required) {
  return parameter("query", name, std::move(schema), text, required);
}

operation& operation::header(std::string_view name, json schema,
                             std::string_view text) {
  return parameter("header", name, std::move(schema), text, false);
}

operation& operation::parameter(std::string_view in, std::string_view name,
                                json schema, std::string_view text,
                                bool required) {
  fragment_["parameters"].push_back({{"name", name},
                                     {"in", in},
                                     {"required", required},
                                     {"description", text},
                                     {"schema", std::move(schema)}});
  return *this;
}

operation& operation::body(json schema, bool required) {
  json content = json::object();
  content["application/json"] = {{"schema", std::move(schema)}};
  fragment_["requestBody"] = {{"required", required},
                              {"content", std::move(content)}};
  return *this;
}

operation& operation::returns(unsigned status, std::string_view text,
                              json schema, std::string_view media_type) {
  auto& answer = fragment_["responses"][std::to_string(status)];
  answer["description"] = text;
  answer["content"][std::string{media_type}] = {{"schema", std::move(schema)}};
  return *this;
}

operation& operation::fails(unsigned status, std::string_view text) {
  return returns(status, text, ref("Error"));
}

json ref(std::string_view schema) {
  json out = json::object();
  out["$ref"] = "#/components/schemas/" + std::string{schema};
  return out;
}

json array_of(json items) {
  json out = json::object();
  out["type"] = "array";
  out["items"] = std::move(items);
  return out;
}

json string_schema() {
  return json::object({{"type", "string"}});
}

json boolean_schema() {
  return json::object({{"type", "boolean"}});
}

json integer_schema(std::int64_t low, std::int64_t high) {
  return json::object(
      {{"type", "integer"}, {"minimum", low}, {"maximum", high}});
}

json enum_schema(std::vector<std::string> values) {
  return json::object({{"type", "string"}, {"enum", std::move(values)}});
}

json free_object() {
  return json::object({{"type", "object"}, {"additionalProperties", true}});
}

}  // namespace closedpaw::http
