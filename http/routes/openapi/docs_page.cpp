#include <boost/algorithm/string/case_conv.hpp>
#include <locale>

#include "http/routes/inert_text.hpp"
#include "http/routes/openapi/document.hpp"

namespace closedpaw::http {

namespace {

std::string text_of(const json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string()
             ? inert_html(it->get_ref<const std::string&>())
             : std::string{};
}

std::string schema_text(const json& schema) {
  if (const auto it = schema.find("$ref"); it != schema.end()) {
    const auto& path = it->get_ref<const std::string&>();
    return inert_html(path.substr(path.rfind('/') + 1));
  }
  if (text_of(schema, "type") == "array")
    return schema_text(schema.at("items")) + "[]";
  return text_of(schema, "type");
}

std::string content_text(const json& holder) {
  std::string out;
  const auto it = holder.find("content");
  if (it == holder.end())
    return out;
  for (const auto& [media_type, content] : it->items())
    out += " <code>" + schema_text(content.at("schema")) + "</code> " +
           inert_html(media_type);
  return out;
}

std::string parameter_rows(const json& parameters) {
  std::string out;
  for (const auto& p : parameters)
    out += "<li><code>" + text_of(p, "name") + "</code> (" + text_of(p, "in") +
           ", " + schema_text(p.at("schema")) +
           (p.at("required").get<bool>() ? ", required" : "") + ") " +
           text_of(p, "description") + "</li>";
  return out.empty() ? out : "<ul>" + out + "</ul>";
}

std::string response_rows(const json& responses) {
  std::string out;
  for (const auto& [status, answer] : responses.items())
    out += "<li><b>" + inert_html(status) + "</b> " +
           text_of(answer, "description") + content_text(answer) + "</li>";
  return "<ul>" + out + "</ul>";
}

std::string section(const std::string& verb, const std::string& path,
                    const json& op) {
  const auto shown =
      boost::algorithm::to_upper_copy(verb, std::locale::classic());
  std::string out = "<details><summary><b>" + inert_html(shown) +
                    "</b> <code>" + inert_html(path) + "</code> " +
                    text_of(op, "summary") + " <i>" + text_of(op, "x-access") +
                    "</i></summary>";
  if (op.contains("description"))
    out += "<p>" + text_of(op, "description") + "</p>";
  out += parameter_rows(op.at("parameters"));
  if (op.contains("requestBody"))
    out += "<p>Body:" + content_text(op.at("requestBody")) + "</p>";
  return out + response_rows(op.at("responses")) + "</details>\n";
}

}  // namespace

std::string docs_page(const json& document) {
  const auto& info = document.at("info");
  std::string out =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<title>ClosedPaw API</title>"
      "<link rel=\"stylesheet\" href=\"/docs/style.css\"></head><body>\n<h1>" +
      text_of(info, "title") + " " + text_of(info, "version") + "</h1><p>" +
      text_of(info, "description") +
      " The same as <a href=\"/openapi.json\">OpenAPI</a>.</p>\n";
  for (const auto& [path, item] : document.at("paths").items())
    for (const auto& [verb, op] : item.items())
      out += section(verb, path, op);
  return out + "</body></html>\n";
}

}  // namespace closedpaw::http
