#include "http/routes/handlers.hpp"
#include "http/routes/openapi/operation.hpp"
#include "http/routes/replies.hpp"
#include "http/routes/resources.hpp"
#include "http/routes/tree_formats.hpp"
#include "http/routes/validation/action_requests.hpp"
#include "http/routes/validation/query.hpp"
#include "messages/model/json_writer.hpp"

namespace closedpaw::http {

namespace {

const std::vector<std::string>& formats() {
  static const std::vector<std::string> names{"json", "text", "dot", "mermaid"};
  return names;
}

node_snapshot tree_of(const live_state& live) {
  return with_alerts(live.tree(), live.alerts.get()->alerts);
}

// The tree's paths begin with "root/", which people leave out.
const node_snapshot* find_loosely(const node_snapshot& root,
                                  std::string_view path) {
  if (const auto* node = find_node(root, path))
    return node;
  return find_node(root, root.path + "/" + std::string{path});
}

response show(const node_snapshot& node, const std::string& format,
              timestamp now) {
  if (format == "text")
    return text_reply("text/plain; charset=utf-8", tree_text(node, now));
  if (format == "dot")
    return text_reply("text/vnd.graphviz; charset=utf-8", tree_dot(node));
  return text_reply("text/plain; charset=utf-8", tree_mermaid(node));
}

outcome whole_tree(const request& r, const path_params&,
                   const live_state& live) {
  field_errors errors;
  query_fields query{r.query, errors};
  const auto format = query.choice("format", formats()).value_or("json");
  if (!errors.empty())
    return errors.to_response();
  const auto root = tree_of(live);
  if (format != "json")
    return show(root, format, live.now());
  return json_text_reply(
      object_text([&](json_writer& w) { w.value("root", to_json(root)); }));
}

outcome one_node(const request& r, const path_params& params,
                 const live_state& live) {
  field_errors errors;
  query_fields query{r.query, errors};
  const auto format = query.choice("format", formats()).value_or("json");
  if (!errors.empty())
    return errors.to_response();
  const auto root = tree_of(live);
  const auto* node = find_loosely(root, param(params, "path"));
  if (!node)
    return refuse(errc::not_found,
                  "No such node: GET /api/supervision shows all paths");
  if (format != "json")
    return show(*node, format, live.now());
  return json_text_reply(to_json(*node));
}

outcome fault(const request& r, const path_params&, const live_state& live) {
  if (!live.fault_injection)
    return refuse(errc::forbidden,
                  "fault injection is off: set supervision.fault_injection = "
                  "true to rehearse recovery");
  auto checked_fault = check_fault(r);
  if (!checked_fault)
    return std::move(checked_fault).error();
  const auto root = live.tree();
  const auto* node = find_loosely(root, checked_fault->path);
  if (!node)
    return refuse(errc::not_found,
                  "No such node: GET /api/supervision shows all paths");
  return command{inject_fault{node->path, checked_fault->kind}};
}

json tree_operation(std::string_view id, std::string_view summary,
                    json schema) {
  return operation{id, "supervision", summary}
      .describe("Read from published atomics: answers while actors hang.")
      .query("format", enum_schema(formats()), "json unless given")
      .returns(200, "The tree", std::move(schema))
      .returns(200, "The tree", string_schema(), "text/plain")
      .returns(200, "The tree", string_schema(), "text/vnd.graphviz")
      .take();
}

}  // namespace

std::vector<route> supervision_routes() {
  return {
      {method::get, "/api/supervision", access::read, whole_tree,
       [] {
         return tree_operation("getTree", "The supervision tree", ref("Tree"));
       }},
      {method::get, "/api/supervision/{path...}", access::read, one_node,
       [] {
         return tree_operation("getNode",
                               "One node and what is below it; its path may "
                               "contain slashes",
                               ref("Node"));
       }},
      {method::post, "/api/supervision/fault", access::admin, fault, [] {
         return operation{"injectFault", "supervision",
                          "Make an actor throw, hang or exit"}
             .body(ref("Fault"))
             .returns(202, "It will", free_object())
             .fails(403, "Fault injection is off")
             .fails(404, "No such node")
             .take();
       }}};
}

}  // namespace closedpaw::http
