#include "http/cli/build_app.hpp"

namespace closedpaw::cli {

namespace {

void add_places(CLI::App& command, std::optional<std::string>& config,
                std::optional<std::string>& data_dir) {
  command.add_option("-c,--config", config, "Configuration file (TOML)")
      ->type_name("FILE");
  command
      .add_option("-d,--data-dir", data_dir,
                  "Data directory, instead of storage.data_dir")
      ->type_name("DIR");
}

void add_serve(CLI::App& app, serve_options& out) {
  auto& serve = *app.add_subcommand("serve", "Run the daemon");
  add_places(serve, out.config, out.data_dir);
  serve
      .add_option("-l,--listen", out.listen,
                  "Loopback address to listen on; port 0 picks a free one")
      ->type_name("HOST:PORT");
  serve
      .add_option("-s,--set", out.set,
                  "Change one setting; may be given many times")
      ->type_name("SECTION.KEY=VALUE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false);
  serve.add_option("--log-format", out.log_format, "How log lines look")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"auto", "human", "json"}));
}

void add_reaching(CLI::App& command, reaching_options& out) {
  command.add_option("-c,--config", out.config, "Configuration file (TOML)")
      ->type_name("FILE");
  command
      .add_option("-u,--url", out.url,
                  "The daemon's address, instead of http.listen")
      ->type_name("URL");
  command
      .add_option("--token-file", out.token_file,
                  "What lets us in, for a daemon on another machine")
      ->type_name("FILE");
  command
      .add_option("--ca-file", out.ca_file,
                  "Certificates (PEM) to trust besides the system's")
      ->type_name("FILE");
}

void add_chat(CLI::App& app, chat_options& out) {
  auto& chat = *app.add_subcommand(
      "chat", "Talk to a running daemon: one message, or a conversation");
  add_reaching(chat, out);
  chat.add_option("--channel", out.channel, "A channel of type cli or webui")
      ->type_name("NAME");
  chat.add_option("--conversation", out.conversation,
                  "Which conversation; each has a memory of its own")
      ->type_name("NAME");
  chat.add_flag("--new", out.anew, "Forget what was said before");
  chat.add_option("message", out.message,
                  "What to say; without it standard input, or a conversation "
                  "where that is a terminal")
      ->type_name("TEXT");
}

void add_operate(CLI::App& command, operate_options& out) {
  add_reaching(command, out);
  command.add_flag("--json", out.as_json, "The daemon's answer as it is");
}

void add_filter(CLI::App& command, operate_options& out, const char* option,
                const char* parameter, const char* text) {
  command
      .add_option_function<std::string>(
          option,
          [&out, parameter](const std::string& x) {
            out.filters[parameter] = x;
          },
          text)
      ->type_name("TEXT");
}

void add_lists(CLI::App& app, operate_options& out) {
  add_operate(
      *app.add_subcommand("status", "What works, what does not, and why"), out);
  auto& tree = *app.add_subcommand("tree", "The supervision tree");
  add_operate(tree, out);
  tree.add_flag("-w,--watch", out.follow, "Again every second");
  add_operate(*app.add_subcommand("providers", "Providers, and how they are"),
              out);
  add_operate(*app.add_subcommand("channels", "Channels, and how they are"),
              out);
  add_operate(*app.add_subcommand("agents", "Agents, and what they use"), out);
  add_operate(*app.add_subcommand(
                  "shippers", "Where the audit log is shipped, and how far"),
              out);
  add_operate(*app.add_subcommand("paths", "Where the daemon's files are"),
              out);
}

void add_logs(CLI::App& app, operate_options& out) {
  auto& logs = *app.add_subcommand("logs", "The daemon's own last log lines");
  add_operate(logs, out);
  add_filter(logs, out, "--component", "component",
             "Only of this part: main, http, storage, providers, …");
  add_filter(logs, out, "--level", "level", "At least so severe");
  add_filter(logs, out, "--limit", "limit", "At most so many");
  logs.add_flag("-f,--follow", out.follow, "Go on with what comes");
  auto& level = *logs.add_subcommand(
      "level", "Log more, or less, of one part for a while");
  add_operate(level, out);
  for (const auto& [name, text] :
       {std::pair{"component", "main, http, storage, providers, …"},
        {"level", "trace, debug, info, warn, error or critical"}})
    level
        .add_option_function<std::string>(
            name,
            [&out, parameter = std::string{name}](const std::string& x) {
              out.filters[parameter] = x;
            },
            text)
        ->type_name("NAME")
        ->required();
  add_filter(level, out, "--seconds", "seconds", "For how long; 600 if not");
}

void add_modes(CLI::App& app, operate_options& out) {
  auto& drain = *app.add_subcommand(
      "drain", "Begin nothing new, and wait until nothing runs");
  add_operate(drain, out);
  add_filter(drain, out, "--reason", "reason", "Shown to who is refused");
  drain.add_flag("!--no-wait", out.wait, "Do not wait");
  auto& panic = *app.add_subcommand("panic",
                                    "Stop everything that acts: agents, what "
                                    "runs, what waits, what goes out");
  add_operate(panic, out);
  add_filter(panic, out, "--reason", "reason", "Shown to who is refused");
  auto& resume = *app.add_subcommand("resume", "Go on after drain or panic");
  add_operate(resume, out);
  add_filter(resume, out, "--reason", "reason", "Recorded");
}

void add_vault(CLI::App& app, vault_options& out) {
  auto& vault = *app.add_subcommand(
      "vault", "Keys and tokens: list, set, delete, rotate, lock, unlock");
  vault.require_subcommand(1);
  using what = operation_of_vault;
  const auto add = [&](const char* name, const char* text, what meant) {
    auto& one = *vault.add_subcommand(name, text);
    add_reaching(one, out);
    one.add_flag("--json", out.as_json, "The daemon's answer as it is");
    one.callback([&out, meant] { out.what = meant; });
    return &one;
  };
  const auto named = [&](CLI::App* one) {
    one->add_option("name", out.name,
                    "providers/NAME/api_key, channels/NAME/SECRET or "
                    "security/owner_secret")
        ->type_name("SECRET")
        ->required();
    return one;
  };
  add("list", "Names, levels, and whether it is open", what::list);
  named(
      add("set", "Store one; its value is read from standard input", what::set))
      ->add_option("--level", out.level, "Who asks for it needs as much")
      ->type_name("LEVEL")
      ->check(CLI::IsMember({"public", "standard", "elevated", "admin"}));
  named(add("delete", "Forget one", what::remove));
  add("reset", "Begin with an empty vault, where its key is lost", what::reset)
      ->add_flag("--forget-all", out.forget_all,
                 "All secrets go, and have to be stored again");
  add("rotate", "Open it with another key from now on", what::rotate)
      ->add_option("--to", out.to,
                   "Where it comes from; as before unless given")
      ->type_name("SOURCE")
      ->check(CLI::IsMember({"file", "passphrase", "credential"}));
  add("lock", "Forget the key until it is unlocked", what::lock);
  add("unlock", "Open it, with its passphrase where it has one", what::unlock);
}

void add_tokens(CLI::App& app, tokens_options& out) {
  auto& tokens = *app.add_subcommand(
      "tokens", "Who may come in from other machines: list, create, revoke");
  tokens.require_subcommand(1);
  using what = operation_of_tokens;
  const auto add = [&](const char* name, const char* text, what meant) {
    auto& one = *tokens.add_subcommand(name, text);
    add_reaching(one, out);
    one.add_flag("--json", out.as_json, "The daemon's answer as it is");
    one.callback([&out, meant] { out.what = meant; });
    return &one;
  };
  add("list", "Names, scopes and ends", what::list);
  auto& create =
      *add("create", "Make one; it is shown this once", what::create);
  create.add_option("name", out.name, "What it is called in the audit log")
      ->type_name("NAME")
      ->required();
  create.add_option("--scope", out.scopes, "What it may; none implies another")
      ->type_name("SCOPE")
      ->required()
      ->delimiter(',')
      ->check(CLI::IsMember({"read", "act", "approve", "admin"}));
  create
      .add_option("--expires", out.expires,
                  "Days, hours or minutes: 30d, 12h, 45m; or never")
      ->type_name("SPAN");
  add("revoke", "Let nobody in with it any more", what::revoke)
      ->add_option("token", out.name, "Its name or id")
      ->type_name("NAME")
      ->required();
}

void add_doctor(CLI::App& app, doctor_options& out) {
  auto& doctor = *app.add_subcommand(
      "doctor", "What is wrong here and what to do, with a daemon or without");
  add_reaching(doctor, out);
  doctor.add_flag("--json", out.as_json, "The findings as JSON");
}

void add_actions(CLI::App& app, operate_options& out) {
  auto& actions =
      *app.add_subcommand("actions", "Actions: list, show, approve, reject");
  actions.require_subcommand(1);
  auto& list = *actions.add_subcommand("list", "The newest");
  add_operate(list, out);
  add_filter(list, out, "--status", "status", "Only those in this status");
  add_filter(list, out, "--limit", "limit", "At most so many");
  for (const auto& [name, text] :
       {std::pair{"show", "Everything about one"},
        {"approve", "Let one be executed that waits"},
        {"reject", "Refuse one that waits"}}) {
    auto& one = *actions.add_subcommand(name, text);
    add_operate(one, out);
    one.add_option("id", out.id, "The action's id")
        ->type_name("ID")
        ->required();
    if (std::string_view{name} != "show")
      add_filter(one, out, "--confirm", "confirm",
                 "How the digest begins that was shown to you (8 digits or "
                 "more), rather than that of what waits now");
  }
}

void add_audit_reads(CLI::App& audit, operate_options& out) {
  for (const auto& [name, text] :
       {std::pair{"query", "Events of a running daemon, newest first"},
        {"export", "All events that fit, as JSON lines, oldest first"},
        {"tail", "Events as they are recorded"}}) {
    auto& one = *audit.add_subcommand(name, text);
    add_operate(one, out);
    add_filter(one, out, "--since", "since", "Not before this time (RFC 3339)");
    add_filter(one, out, "--until", "until", "Not after this time (RFC 3339)");
    add_filter(one, out, "--action-type", "action_type",
               "Also supervision, storage, security, alert …");
    add_filter(one, out, "--status", "status", "The event's status");
    add_filter(one, out, "--outcome", "outcome", "success, failure, rejected");
    add_filter(one, out, "--level", "level", "info to critical");
    add_filter(one, out, "--user", "user", "On whose behalf");
    add_filter(one, out, "--action-id", "action_id", "Of one action");
    add_filter(one, out, "--text", "q", "What they contain");
    add_filter(one, out, "--limit", "limit", "At most so many");
    if (std::string_view{name} != "export")
      continue;
    add_filter(one, out, "--after", "after", "Only higher sequences");
    one.add_flag("-f,--follow", out.follow, "Go on with what is recorded");
  }
}

void add_alerts(CLI::App& app, bindings& out) {
  auto& alerts = *app.add_subcommand(
      "alerts", "What is wrong by the rules, why, and what to do");
  add_operate(alerts, out.operate);
  auto& rules = *alerts.add_subcommand(
      "rules", "Print the rules for another program's configuration");
  rules.add_option("--format", out.rules.format, "For whom")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"prometheus", "alertmanager"}));
  rules
      .add_option("--file", out.rules.file,
                  "Rules as in config/alert_rules.toml, instead of those that "
                  "are part of the program")
      ->type_name("FILE");
}

}  // namespace

std::unique_ptr<CLI::App> build_app(bindings& out, std::string_view version) {
  auto app = std::make_unique<CLI::App>(
      "A local-first assistant backend whose parts can fail and come back",
      "closedpaw");
  app->set_version_flag("--version", std::string{version});
  app->set_help_flag("-h,--help", "Show this help");
  app->require_subcommand(1);
  add_serve(*app, out.serve);

  auto& backup = *app->add_subcommand(
      "backup", "Copy the data to a new place, while the daemon runs or not");
  add_places(backup, out.backup.config, out.backup.data_dir);
  backup.add_option("destination", out.backup.destination, "Where to write it")
      ->type_name("PATH")
      ->required();

  auto& restore = *app->add_subcommand(
      "restore", "Bring back a backup, while the daemon is stopped");
  add_places(restore, out.restore.config, out.restore.data_dir);
  restore.add_option("source", out.restore.source, "A backup")
      ->type_name("PATH")
      ->required();

  auto& audit = *app->add_subcommand("audit", "Look into the audit log");
  audit.require_subcommand(1);
  auto& verify = *audit.add_subcommand(
      "verify",
      "Recompute the whole log and compare it with signed heads, while the "
      "daemon runs or not");
  add_places(verify, out.verify.config, out.verify.data_dir);
  verify
      .add_option("--public-key", out.verify.public_key,
                  "What checks the heads; audit.pub beside the store unless "
                  "given")
      ->type_name("FILE");
  verify
      .add_option("--head", out.verify.head,
                  "Signed heads, one or more; audit-heads.ndjson beside the "
                  "store unless given")
      ->type_name("FILE");
  verify
      .add_option("path", out.verify.path,
                  "A store or a backup; the data directory unless given")
      ->type_name("PATH");

  add_chat(*app, out.chat);
  add_audit_reads(audit, out.operate);
  add_lists(*app, out.operate);
  add_actions(*app, out.operate);
  add_alerts(*app, out);
  add_logs(*app, out.operate);
  add_modes(*app, out.operate);
  add_vault(*app, out.vault);
  add_tokens(*app, out.tokens);
  add_doctor(*app, out.doctor);

  auto& completion = *app->add_subcommand(
      "completion", "Print a completion script for a shell");
  completion.add_option("shell", out.shell_name, "The shell")
      ->type_name("SHELL")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  return app;
}

}  // namespace closedpaw::cli
