#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What the command line says. Values are not judged here: config::load() and
/// the commands say what is wrong with a file, an address or a setting.
namespace closedpaw::cli {

/// `closedpaw serve`: runs the daemon.
struct serve_options {
  std::optional<std::string> config;
  std::optional<std::string> listen;
  std::optional<std::string> data_dir;
  /// "section.key=value" each, in order.
  std::vector<std::string> set;
  /// "auto", "human" or "json".
  std::optional<std::string> log_format;

  bool operator==(const serve_options&) const = default;
};

/// `closedpaw backup DEST`.
struct backup_options {
  std::optional<std::string> config;
  std::optional<std::string> data_dir;
  std::string destination;

  bool operator==(const backup_options&) const = default;
};

/// `closedpaw restore SOURCE`.
struct restore_options {
  std::optional<std::string> config;
  std::optional<std::string> data_dir;
  std::string source;

  bool operator==(const restore_options&) const = default;
};

/// `closedpaw audit verify [PATH]`: recomputes the whole audit log of a store
/// or of a copy of one.
struct verify_options {
  std::optional<std::string> config;
  std::optional<std::string> data_dir;
  /// Else the data directory.
  std::optional<std::string> path;
  /// PEM; else audit.pub beside the store.
  std::optional<std::string> public_key;
  /// Signed heads that the log must contain; else audit-heads.ndjson beside the
  /// store, where there is one.
  std::optional<std::string> head;

  bool operator==(const verify_options&) const = default;
};

/// Which daemon a command asks, and how.
struct reaching_options {
  std::optional<std::string> config;
  /// Else http.listen of the configuration.
  std::optional<std::string> url;
  /// Of a daemon on another machine: the file that has our token, and the
  /// certificates (PEM) that its own is checked with besides the system's.
  std::optional<std::string> token_file;
  std::optional<std::string> ca_file;

  bool operator==(const reaching_options&) const = default;
};

/// `closedpaw chat`: talks to a running daemon over one of its channels.
struct chat_options : reaching_options {
  std::string channel = "cli";
  std::string conversation = "main";
  /// What was said before is forgotten.
  bool anew = false;
  /// Else standard input, or a conversation where that is a terminal.
  std::optional<std::string> message;

  bool operator==(const chat_options&) const = default;
};

enum class operation_of_daemon {
  status,
  tree,
  alerts,
  providers,
  channels,
  agents,
  list_actions,
  show_action,
  approve,
  reject,
  query_audit,
  export_audit,
  tail_audit,
  shippers,
  logs,
  raise_level,
  paths,
  drain,
  panic,
  resume,
};

/// `closedpaw status`, `actions approve ID`, `audit query` …: what is asked of
/// a running daemon.
struct operate_options : reaching_options {
  bool as_json = false;
  operation_of_daemon what = operation_of_daemon::status;
  /// Of an action.
  std::string id;
  /// Parameters of the query, by their names in the API.
  std::map<std::string, std::string> filters;
  /// Goes on with what comes.
  bool follow = false;
  /// `drain` ends when nothing runs any more.
  bool wait = true;

  bool operator==(const operate_options&) const = default;
};

enum class operation_of_vault {
  list,
  set,
  remove,
  rotate,
  reset,
  lock,
  unlock,
};

/// `closedpaw vault …`: secrets of a running daemon. Values come by standard
/// input.
struct vault_options : reaching_options {
  bool as_json = false;
  operation_of_vault what = operation_of_vault::list;
  std::string name;
  std::optional<std::string> level;
  /// Of rotate: "file", "passphrase" or "credential".
  std::optional<std::string> to;
  /// Of reset, which does nothing without it.
  bool forget_all = false;

  bool operator==(const vault_options&) const = default;
};

enum class operation_of_tokens { list, create, revoke };

/// `closedpaw tokens …`: who may come in from other machines.
struct tokens_options : reaching_options {
  bool as_json = false;
  operation_of_tokens what = operation_of_tokens::list;
  /// Of a new one; of the one to revoke, its id or its name.
  std::string name;
  std::vector<std::string> scopes;
  /// "30d", "12h", "45m" or "never".
  std::string expires = "90d";

  bool operator==(const tokens_options&) const = default;
};

/// `closedpaw doctor`: what is wrong here, and what to do, with a daemon or
/// without.
struct doctor_options : reaching_options {
  bool as_json = false;

  bool operator==(const doctor_options&) const = default;
};

/// `closedpaw alerts rules`: the rules in the form of somebody else.
struct rules_options {
  /// "prometheus" or "alertmanager".
  std::string format = "prometheus";
  /// Else those that are part of the program.
  std::optional<std::string> file;

  bool operator==(const rules_options&) const = default;
};

enum class shell { bash, zsh, fish };

/// `closedpaw completion bash|zsh|fish`: prints completion_script().
struct completion_options {
  shell target = shell::bash;

  bool operator==(const completion_options&) const = default;
};

using command =
    std::variant<serve_options, backup_options, restore_options, verify_options,
                 chat_options, operate_options, vault_options, tokens_options,
                 doctor_options, rules_options, completion_options>;

inline constexpr int usage_error = 2;

/// Nothing to run: `text` belongs on standard output when the status is 0
/// (--help, --version), and on standard error otherwise.
struct early_exit {
  int status = 0;
  std::string text;

  bool operator==(const early_exit&) const = default;
};

/// Reads main's arguments; usage errors have status 2. `version` is the text
/// for --version. Pure; does not exit or print.
std::variant<command, early_exit> parse(int argc, const char* const* argv,
                                        std::string_view version);

}  // namespace closedpaw::cli
