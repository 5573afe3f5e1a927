#define CAF_SUITE cli_options
#include "http/cli/options.hpp"

#include "tests/unit_test.hpp"

namespace cli_options_tests {

using closedpaw::contains;
using namespace closedpaw::cli;

using outcome = std::variant<command, early_exit>;

outcome run(std::vector<const char*> args) {
  args.insert(args.begin(), "closedpaw");
  args.push_back(nullptr);
  return parse(static_cast<int>(args.size()) - 1, args.data(), "closedpaw 9.9");
}

template <class T>
T chosen(const std::vector<const char*>& args) {
  const auto got = run(args);
  if (const auto* stop = std::get_if<early_exit>(&got))
    CAF_FAIL(stop->text);
  return std::get<T>(std::get<command>(got));
}

early_exit stopped(const std::vector<const char*>& args) {
  const auto got = run(args);
  CAF_REQUIRE(std::holds_alternative<early_exit>(got));
  return std::get<early_exit>(got);
}

CAF_TEST(serve) {
  CAF_CHECK(chosen<serve_options>({"serve"}) == serve_options{});
  const auto given = chosen<serve_options>(
      {"serve", "--config", "a.toml", "--listen=127.0.0.1:0", "--data-dir",
       "data", "--set", "http.max_in_flight=1", "--log-format", "json", "--set",
       "http.allowed_origins=[\"a\", \"b\"]"});
  CAF_CHECK((given == serve_options{.config = "a.toml",
                                    .listen = "127.0.0.1:0",
                                    .data_dir = "data",
                                    .set = {"http.max_in_flight=1",
                                            "http.allowed_origins=[\"a\", "
                                            "\"b\"]"},
                                    .log_format = "json"}));
}

CAF_TEST(backup and restore) {
  CAF_CHECK((
      chosen<backup_options>({"backup", "-d", "data", "dest"}) ==
      backup_options{.config = {}, .data_dir = "data", .destination = "dest"}));
  CAF_CHECK(
      (chosen<restore_options>({"restore", "src", "-c", "a.toml"}) ==
       restore_options{.config = "a.toml", .data_dir = {}, .source = "src"}));
}

CAF_TEST(verify) {
  verify_options expected;
  expected.data_dir = "data";
  CAF_CHECK(chosen<verify_options>({"audit", "verify", "--data-dir", "data"}) ==
            expected);
  expected.path = "copy";
  expected.public_key = "k.pem";
  expected.head = "h.json";
  CAF_CHECK(chosen<verify_options>({"audit", "verify", "--data-dir", "data",
                                    "--public-key", "k.pem", "--head", "h.json",
                                    "copy"}) == expected);
  CAF_CHECK_EQUAL(stopped({"audit"}).status, usage_error);
  CAF_CHECK_EQUAL(stopped({"audit", "verify", "a", "b"}).status, usage_error);
}

CAF_TEST(what a running daemon is asked) {
  operate_options expected;
  CAF_CHECK(chosen<operate_options>({"status"}) == expected);
  expected.what = operation_of_daemon::tree;
  expected.url = "http://127.0.0.1:9";
  CAF_CHECK(chosen<operate_options>({"tree", "--url", "http://127.0.0.1:9"}) ==
            expected);
  expected.what = operation_of_daemon::alerts;
  expected.url.reset();
  expected.as_json = true;
  CAF_CHECK(chosen<operate_options>({"alerts", "--json"}) == expected);
  expected = {};
  expected.what = operation_of_daemon::approve;
  expected.id = "x1";
  CAF_CHECK(chosen<operate_options>({"actions", "approve", "x1"}) == expected);
  expected = {};
  expected.what = operation_of_daemon::query_audit;
  expected.filters = {{"q", "a b"}, {"since", "2026-11-26"}};
  CAF_CHECK(chosen<operate_options>({"audit", "query", "--text", "a b",
                                     "--since", "2026-11-26"}) == expected);
  for (const auto& [words, what] :
       {std::pair{"list", operation_of_daemon::list_actions},
        {"query", operation_of_daemon::query_audit},
        {"export", operation_of_daemon::export_audit},
        {"tail", operation_of_daemon::tail_audit}})
    CAF_CHECK(
        chosen<operate_options>(
            {what == operation_of_daemon::list_actions ? "actions" : "audit",
             words})
            .what == what);
  for (const auto& [word, what] :
       {std::pair{"providers", operation_of_daemon::providers},
        {"channels", operation_of_daemon::channels},
        {"agents", operation_of_daemon::agents}})
    CAF_CHECK(chosen<operate_options>({word}).what == what);
  CAF_CHECK_EQUAL(stopped({"actions", "approve"}).status, usage_error);
  CAF_CHECK_EQUAL(stopped({"actions"}).status, usage_error);
  rules_options rules;
  CAF_CHECK(chosen<rules_options>({"alerts", "rules"}) == rules);
  rules.format = "alertmanager";
  rules.file = "f";
  CAF_CHECK(chosen<rules_options>({"alerts", "rules", "--format",
                                   "alertmanager", "--file", "f"}) == rules);
  CAF_CHECK_EQUAL(stopped({"alerts", "rules", "--format", "x"}).status,
                  usage_error);
}

CAF_TEST(completion) {
  CAF_CHECK(chosen<completion_options>({"completion", "bash"}).target ==
            shell::bash);
  CAF_CHECK(chosen<completion_options>({"completion", "zsh"}).target ==
            shell::zsh);
  CAF_CHECK(chosen<completion_options>({"completion", "fish"}).target ==
            shell::fish);
}

CAF_TEST(help and version are no errors) {
  const auto version = stopped({"--version"});
  CAF_CHECK_EQUAL(version.status, 0);
  CAF_CHECK_EQUAL(version.text, "closedpaw 9.9\n");
  const auto help = stopped({"--help"});
  CAF_CHECK_EQUAL(help.status, 0);
  for (const auto* command :
       {"serve", "backup", "restore", "audit", "completion"})
    CAF_CHECK(contains(help.text, command));
  const auto serve = stopped({"serve", "--help"});
  CAF_CHECK_EQUAL(serve.status, 0);
  CAF_CHECK(contains(serve.text, "--data-dir"));
  CAF_CHECK(contains(serve.text, "HOST:PORT"));
}

CAF_TEST(usage errors have status 2 and name what is wrong) {
  using arguments = std::vector<const char*>;
  for (const auto& wrong :
       {arguments{}, arguments{"dance"}, arguments{"serve", "--nothing"},
        arguments{"serve", "extra"}, arguments{"serve", "--set", "a=b", "c=d"},
        arguments{"serve", "--config"}, arguments{"backup"},
        arguments{"backup", "a", "b"}, arguments{"restore"},
        arguments{"completion"}, arguments{"completion", "tcsh"},
        arguments{"serve", "--log-format", "xml"},
        arguments{"serve", "backup", "dest"}}) {
    const auto stop = stopped(wrong);
    CAF_CHECK_EQUAL(stop.status, usage_error);
    CAF_CHECK(stop.text.starts_with("closedpaw: "));
  }
  CAF_CHECK(contains(stopped({"serve", "--nothing"}).text, "--nothing"));
  CAF_CHECK(contains(stopped({"serve", "--nothing"}).text,
                     "See closedpaw serve --help"));
}

}  // namespace cli_options_tests
