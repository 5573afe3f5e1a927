#include <algorithm>

#include "http/routes/inert_text.hpp"
#include "http/routes/tree_formats.hpp"

namespace closedpaw::http {

namespace {

std::string_view colour_of(const node_snapshot& n) {
  if (is_broken(n))
    return n.state == node_state::recovering ? "#f6c343" : "#e5533d";
  if (!std::ranges::all_of(n.alerts, &alert::quiet))
    return "#f6c343";
  return n.state == node_state::running ? "#7bc47f" : "#c9ced6";
}

std::string label_of(const node_snapshot& n,
                     std::string (*safe)(std::string_view),
                     std::string_view line_break) {
  auto label = safe(n.id);
  label += line_break;
  label += to_string(n.state);
  label += ", restarts " + std::to_string(n.restarts) + ", mailbox " +
           std::to_string(n.mailbox.depth);
  if (n.last_exit && is_broken(n)) {
    label += line_break;
    label += safe(n.last_exit->reason);
  }
  for (const auto& x : n.alerts) {
    label += line_break;
    label += safe(x.summary);
  }
  return label;
}

void add_dot(std::string& out, const node_snapshot& n, int& next) {
  const int self = next++;
  const auto name = "n" + std::to_string(self);
  out += "  " + name + " [label=\"" + label_of(n, inert_dot, "\\n") +
         "\", fillcolor=\"" + std::string{colour_of(n)} + "\"];\n";
  for (const auto& child : n.children) {
    out += "  " + name + " -> n" + std::to_string(next) + ";\n";
    add_dot(out, child, next);
  }
}

void add_mermaid(std::string& out, const node_snapshot& n, int& next) {
  const int self = next++;
  const auto name = "n" + std::to_string(self);
  out += "  " + name + "[\"" + label_of(n, inert_mermaid, "<br/>") + "\"]\n" +
         "  style " + name + " fill:" + std::string{colour_of(n)} + "\n";
  for (const auto& child : n.children) {
    out += "  " + name + " --> n" + std::to_string(next) + "\n";
    add_mermaid(out, child, next);
  }
}

}  // namespace

std::string tree_dot(const node_snapshot& root) {
  std::string out =
      "digraph supervision {\n  rankdir=LR;\n"
      "  node [shape=box, style=filled, fontname=\"sans-serif\"];\n";
  int next = 0;
  add_dot(out, root, next);
  return out + "}\n";
}

std::string tree_mermaid(const node_snapshot& root) {
  std::string out = "flowchart LR\n";
  int next = 0;
  add_mermaid(out, root, next);
  return out;
}

}  // namespace closedpaw::http
