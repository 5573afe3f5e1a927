#define CAF_SUITE routes_tree_formats

#include "http/routes/tree_formats.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "http/routes/inert_text.hpp"
#include "tests/unit/http/routes/api_fixture.hpp"
#include "tests/unit_test.hpp"

namespace routes_tree_formats_tests {

using namespace closedpaw;
using namespace closedpaw::http;
using namespace std::chrono_literals;

const std::string hostile =
    "\x1b[2J\r\nroot: all is well\"];evil[label=\"<b>&</b>\xE2\x80\xAE"
    "%%{init}%%`#quot;\\\xff\xC2\x9b";

node_snapshot node(std::string id, std::string path, node_state state) {
  node_snapshot n;
  n.id = std::move(id);
  n.path = std::move(path);
  n.state = state;
  n.state_since = test::noon - 90s;
  return n;
}

node_snapshot tree() {
  auto root = node("root", "root", node_state::running);
  auto providers = node("providers", "root/providers", node_state::running);
  auto ollama = node("ollama", "root/providers/ollama", node_state::backoff);
  ollama.restarts = 3;
  ollama.ineffective_restarts = 1;
  ollama.intensity = {2, 5, 60s};
  ollama.mailbox = {12, 300ms};
  ollama.last_exit = exit_record{"connection refused", test::noon - 90s};
  ollama.next_attempt = test::noon + 10s;
  providers.children = {ollama};
  root.children = {providers,
                   node("gateway", "root/gateway", node_state::running)};
  return root;
}

node_snapshot hostile_tree() {
  auto root = node(hostile, hostile, node_state::failed);
  root.last_exit = exit_record{hostile, test::noon};
  return root;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

bool all_inert(const std::string& text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) {
                        return (c >= 0 && c < 0x20 && c != '\n') || c == 0x7f;
                      }) &&
         !has(text, "\xE2\x80\xAE") && !has(text, "\xC2\x9b") &&
         !has(text, "\xff");
}

CAF_TEST(text_shows_what_is_broken_first) {
  const auto text = tree_text(tree(), test::noon);
  CAF_CHECK(
      text.starts_with("2026-11-24T12:00:00Z  1 of 4 nodes broken\n"
                       "!! root/providers/ollama is backoff for 90s: "
                       "connection refused; next attempt "
                       "2026-11-24T12:00:10Z\n"));
  CAF_CHECK(has(text, "├─ providers"));
  CAF_CHECK(has(text, "│  └─ ollama"));
  CAF_CHECK(has(text, "└─ gateway"));
  CAF_CHECK(has(text, "!! backoff"));
  CAF_CHECK(has(text, "3 (2 of 5), 1 in vain"));
  CAF_CHECK(has(text, "12, oldest 300ms"));
}

CAF_TEST(alerts_show_at_their_nodes) {
  auto root = tree();
  alert x;
  x.rule = "ForeignPeer";
  x.summary = "another user asked";
  x.cause = "uid\x1b[2J 7";
  x.firing_at = test::noon - 12s;
  root.children[1].alerts.push_back(x);
  auto& ollama = root.children[0].children[0];
  x.summary = ollama.path + " ended";
  ollama.alerts.push_back(x);
  const auto text = tree_text(root, test::noon);
  CAF_CHECK(has(text, "1 of 4 nodes broken, alerts: 2\n"));
  CAF_CHECK(has(text, "\n!! root/providers/ollama ended (ForeignPeer)"));
  CAF_CHECK(has(text,
                "!! root/gateway: another user asked (ForeignPeer) for 12s: "
                "uid"));
  CAF_CHECK(has(text, "!! running"));
  CAF_CHECK(all_inert(text));
  CAF_CHECK(has(tree_dot(root), "mailbox 0\\nanother user asked\""));
  CAF_CHECK(has(tree_mermaid(root), "another user asked"));
}

CAF_TEST(what_nobody_is_told_of_is_marked_less) {
  auto root = tree();
  alert x;
  x.rule = "ForeignPeer";
  x.summary = "another user asked";
  x.firing_at = test::noon - 12s;
  x.silenced_by = "7";
  auto& gateway = root.children[1];
  gateway.alerts.push_back(x);
  const auto quiet = tree_text(root, test::noon);
  CAF_CHECK(has(quiet,
                "\n ! root/gateway: another user asked (ForeignPeer) for "
                "12s; silenced\n"));
  CAF_CHECK(has(quiet, " ! running"));
  x.silenced_by.clear();
  x.inhibited_by = "ActorFailed root/x";
  gateway.alerts.front() = x;
  CAF_CHECK(has(tree_text(root, test::noon),
                "12s; follows from ActorFailed root/x\n"));
  x.inhibited_by.clear();
  gateway.alerts.push_back(x);
  CAF_CHECK(has(tree_text(root, test::noon), "!! running"));
}

CAF_TEST(columns_are_aligned) {
  const auto text = tree_text(tree(), test::noon);
  const auto table = text.substr(text.find("NODE"));
  const auto column = table.find("STATE");
  std::size_t start = 0;
  int lines = 0;
  for (auto end = table.find('\n'); end != std::string::npos;
       start = end + 1, end = table.find('\n', start), ++lines) {
    const auto line = table.substr(start, end - start);
    auto at = line.find(
        lines == 0 ? "STATE" : (has(line, "backoff") ? "backoff" : "running"));
    CAF_CHECK_EQUAL(text_width(line.substr(0, at)), column);
  }
  CAF_CHECK_EQUAL(lines, 5);
}

CAF_TEST(broken_states) {
  for (auto s : {node_state::recovering, node_state::backoff, node_state::hung,
                 node_state::failed})
    CAF_CHECK(is_broken(node("x", "x", s)));
  for (auto s : {node_state::starting, node_state::running,
                 node_state::stopping, node_state::stopped})
    CAF_CHECK(!is_broken(node("x", "x", s)));
}

CAF_TEST(dot_and_mermaid_draw_every_edge) {
  const auto dot = tree_dot(tree());
  for (auto edge : {"n0 -> n1", "n1 -> n2", "n0 -> n3"})
    CAF_CHECK(has(dot, edge));
  CAF_CHECK(has(dot,
                "label=\"ollama\\nbackoff, restarts 3, mailbox 12"
                "\\nconnection refused\""));
  const auto mermaid = tree_mermaid(tree());
  for (auto edge : {"n0 --> n1", "n1 --> n2", "n0 --> n3"})
    CAF_CHECK(has(mermaid, edge));
}

CAF_TEST(hostile_text_is_inert) {
  CAF_CHECK_EQUAL(inert("a\x1b[31m\r\n\xE2\x80\xAE\xff"),
                  "a\\u{001B}[31m\\u{000D}\\u{000A}\\u{202E}\xEF\xBF\xBD");
  CAF_CHECK_EQUAL(inert("na\xC3\xAFve \xE2\x98\x83 \xF0\x9F\x98\x80"),
                  "na\xC3\xAFve \xE2\x98\x83 \xF0\x9F\x98\x80");
  for (auto hidden :
       {"\xC2\xAD", "\xD8\x9C", "\xE2\x80\x8B", "\xE2\x80\xA8", "\xE2\x81\xA6",
        "\xEF\xBB\xBF", "\xF3\xA0\x81\x81", "\xC2\x85", "\x7f"})
    CAF_CHECK(inert(hidden).starts_with("\\u{"));
  CAF_CHECK_EQUAL(inert(std::string_view{"\0", 1}), "\\u{0000}");
}

CAF_TEST(hostile_trees) {
  for (const auto& text :
       {tree_text(hostile_tree(), test::noon), tree_dot(hostile_tree()),
        tree_mermaid(hostile_tree())})
    CAF_CHECK(all_inert(text));
  // One line for each node, whatever its name.
  const auto text = tree_text(hostile_tree(), test::noon);
  CAF_CHECK_EQUAL(std::count(text.begin(), text.end(), '\n'), 5);
}

CAF_TEST(hostile_text_stays_in_its_label) {
  const auto dot = tree_dot(hostile_tree());
  // Unescaped quotes: those around the values only.
  int quotes = 0;
  for (std::size_t i = 0; i < dot.size(); ++i) {
    if (dot[i] == '\\')
      ++i;
    else if (dot[i] == '"')
      ++quotes;
  }
  CAF_CHECK_EQUAL(quotes, 2 + 4);
  CAF_CHECK(!has(dot, "<b>"));
  const auto mermaid = tree_mermaid(hostile_tree());
  CAF_CHECK_EQUAL(std::count(mermaid.begin(), mermaid.end(), '"'), 2);
  for (auto syntax : {"%%", "{", "}", "`", "<b>", "#quot;", "];"})
    CAF_CHECK(!has(mermaid, syntax));
}

CAF_TEST(graphviz_accepts_it_where_it_is_installed) {
  if (std::system("command -v dot >/dev/null 2>&1") != 0) {
    CAF_MESSAGE("skipped: graphviz is not installed");
    CAF_CHECK(true);
    return;
  }
  const auto file =
      std::filesystem::temp_directory_path() /
      ("closedpaw-tree-" + to_string(make_uuid(system_now())) + ".dot");
  std::ofstream{file} << tree_dot(hostile_tree());
  const auto command = "dot -Tsvg " + file.string() + " >/dev/null 2>&1";
  CAF_CHECK_EQUAL(std::system(command.c_str()), 0);
  std::filesystem::remove(file);
}

CAF_TEST(html) {
  CAF_CHECK_EQUAL(inert_html("<a href='x'>&\"`"),
                  "&#60;a href=&#39;x&#39;&#62;&#38;&#34;&#96;");
}

}  // namespace routes_tree_formats_tests
