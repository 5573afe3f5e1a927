#include "config/table_rows.hpp"

namespace closedpaw::config {

namespace {

constexpr std::array<std::string_view, 2> durability_names{"sync", "async"};
constexpr std::array<std::string_view, 3> format_names{"auto", "human", "json"};
constexpr std::array<std::string_view, 7> level_names{
    "trace", "debug", "info", "warn", "error", "critical", "off"};

void add_http(setting_table& table) {
  using s = http_settings;
  rows<s> http{table, "http.", &settings::http};
  http.add("listen", &s::listen, listen_addresses(), after_restart,
           "where the daemon listens; port 0 lets the system choose");
  http.add("max_connections", &s::max_connections,
           integers<std::uint32_t>(1, 65'536), after_restart,
           "open connections; more are refused");
  http.add("max_in_flight", &s::max_in_flight,
           integers<std::uint32_t>(1, 1'000'000), after_restart,
           "requests being worked on; more get 503 with Retry-After");
  http.add("max_body_bytes", &s::max_body_bytes,
           integers<std::uint64_t>(1'024, 1 << 30, "bytes"), after_restart,
           "largest request body");
  http.add("request_timeout_ms", &s::request_timeout, durations(100, hour_ms),
           at_once, "deadline of every request but a chat");
  http.add("chat_timeout_ms", &s::chat_timeout, durations(100, hour_ms),
           at_once, "deadline of a chat request");
  http.add("idle_timeout_ms", &s::idle_timeout, durations(100, hour_ms),
           after_restart,
           "how long a connection may be quiet, or a client not read");
  http.add("allowed_origins", &s::allowed_origins,
           lists(check_origin,
                 "a list of origins such as [\"http://localhost:3000\"]"),
           after_restart, "web pages that may call the API (CORS)");
  http.add("allow_root_peer", &s::allow_root_peer, booleans(), after_restart,
           "let root connect as well as the user who runs the daemon");
}

void add_remote(setting_table& table) {
  using s = remote_settings;
  rows<s> remote{table, "http.remote.", &settings::remote};
  remote.add("listen", &s::listen, optional_addresses(), after_restart,
             "where other machines come in, over TLS and with a token");
  remote.add(
      "names", &s::names,
      lists(check_host_name, "a list of names such as [\"paw.example.org\"]"),
      after_restart, "what they call this machine");
  remote.add("certificate_file", &s::certificate_file,
             texts(check_optional_path, "an absolute path"), after_restart,
             "the certificate and what it is signed with, PEM");
  remote.add("key_file", &s::key_file,
             texts(check_optional_path, "an absolute path"), after_restart,
             "its key, PEM, readable by the daemon's user only");
  remote.add("max_connections", &s::max_connections,
             integers<std::uint32_t>(1, 65'536), after_restart,
             "connections from other machines; more are closed");
}

void add_storage(setting_table& table) {
  using s = storage_settings;
  rows<s> storage{table, "storage.", &settings::storage};
  storage.add("data_dir", &s::data_dir,
              texts(check_directory, "an absolute path, or one under ~/"),
              after_restart, "where everything is kept; created 0700");
  storage.add("map_size_gib", &s::map_size_gib,
              integers<std::uint32_t>(1, 16'384, "GiB"), after_restart,
              "address space held for the store; not disk space");
  storage.add("reserve_mib", &s::reserve_mib,
              integers<std::uint32_t>(1, 1'024, "MiB"), after_restart,
              "disk space held back so that a full disk can be recorded");
}

void add_audit(setting_table& table) {
  rows<audit_settings> audit{table, "audit.", &settings::audit};
  audit.add("durability", &audit_settings::durability,
            choices<durability>(durability_names), after_restart,
            "sync: nothing is acknowledged before it is on disk; async: a "
            "power loss can lose the last moments");
  audit.add("head_interval_ms", &audit_settings::head_interval,
            durations(100, 24 * hour_ms), after_restart,
            "how often the log's head is signed and anchored");
  audit.add("verify_interval_ms", &audit_settings::verify_interval,
            durations(0, 24 * hour_ms), after_restart,
            "how often the whole log is recomputed; 0 never");
  audit.add("hang_after_ms", &audit_settings::hang_after,
            durations(100, hour_ms), after_restart,
            "the logger waiting longer for its disk counts as hung, which ends "
            "the process");
  audit.add("anchor_file", &audit_settings::anchor_file,
            texts(check_optional_path, "an absolute path"), after_restart,
            "where signed heads go; audit-heads.ndjson in the data directory "
            "unless given");
  audit.add("anchor_webhook", &audit_settings::anchor_webhook,
            texts(check_optional_base_url, "an http or https URL"),
            after_restart,
            "where signed heads are posted; nowhere unless given");
  audit.add("keep_days", &audit_settings::keep_days,
            integers<std::uint32_t>(0, 36'500, "days"), at_once,
            "older events are cut from the log; 0 keeps them");
  audit.add("keep_bytes", &audit_settings::keep_bytes,
            integers<std::uint64_t>(0, std::uint64_t{1} << 50, "bytes"),
            at_once,
            "while the store has more in use its oldest events go; 0 keeps "
            "them");
  audit.add("keep_interval_ms", &audit_settings::keep_interval,
            durations(100, 24 * hour_ms), after_restart,
            "how often it is looked whether events are to go");
}

void add_supervision(setting_table& table) {
  using s = supervision_settings;
  rows<s> rows_of{table, "supervision.", &settings::supervision};
  rows_of.add("fault_injection", &s::fault_injection, booleans(), after_restart,
              "allow POST /api/supervision/fault, to rehearse recovery");
  rows_of.add("hang_after_ms", &s::hang_after, durations(100, hour_ms),
              after_restart, "one handler running longer counts as hung");
  rows_of.add("max_leaked", &s::max_leaked, integers<std::uint32_t>(0, 64),
              after_restart,
              "threads lost to hung actors before the daemon "
              "exits to be restarted");
  rows_of.add("shutdown_deadline_ms", &s::shutdown_deadline,
              durations(100, hour_ms), after_restart,
              "an orderly stop that takes longer is cut short");
  rows_of.add("backoff_min_ms", &s::backoff_min, durations(1, hour_ms),
              after_restart, "delay before the second restart");
  rows_of.add("backoff_max_ms", &s::backoff_max, durations(1, hour_ms),
              after_restart, "longest delay between restarts");
  rows_of.add("backoff_jitter", &s::backoff_jitter, fractions(), after_restart,
              "fraction by which each delay is varied at random");
  rows_of.add("intensity", &s::intensity, integers<std::uint32_t>(1, 1'000),
              after_restart,
              "restarts of one child within the period; more and it "
              "is degraded");
  rows_of.add("period_ms", &s::period, durations(100, 24 * hour_ms),
              after_restart, "over which restarts are counted");
  rows_of.add("quiet_reset_ms", &s::quiet_reset, durations(100, 24 * hour_ms),
              after_restart,
              "running this long without a crash resets the backoff");
  rows_of.add("slow_retry_ms", &s::slow_retry, durations(100, 24 * hour_ms),
              after_restart, "how often a degraded child is tried again");
}

/// The value "inherit" takes the component out of the table.
descriptor<settings> component_level(std::string_view component) {
  const std::string name{component};
  const auto level = choices<log_level>(level_names);
  return {
      .key = "log.levels." + name,
      .is_text = true,
      .expected = level.expected + ", inherit",
      .when = at_once,
      .description = "level of this component; inherit follows log.level",
      .read =
          [name, level](const settings& s) {
            const auto found = s.log.levels.find(name);
            return found == s.log.levels.end() ? json("inherit")
                                               : level.to_json(found->second);
          },
      .assign = [name, level](settings& s, const json& value) -> problem {
        if (value == "inherit") {
          s.log.levels.erase(name);
          return std::nullopt;
        }
        log_level given{};
        if (auto wrong = level.from_json(value, given))
          return wrong;
        s.log.levels[name] = given;
        return std::nullopt;
      },
  };
}

void add_log(setting_table& table) {
  using s = log_settings;
  rows<s> log{table, "log.", &settings::log};
  log.add("level", &s::level, choices<log_level>(level_names), at_once,
          "least severe message that is logged");
  log.add("format", &s::format, choices<log_format>(format_names), at_once,
          "auto: human on a terminal, else JSON lines");
  for (const auto component : components)
    table.push_back(component_level(component));
}

void add_work(setting_table& table) {
  rows<scheduler_settings> runtime{table, "runtime.", &settings::runtime};
  runtime.add(
      "workers", &scheduler_settings::workers, integers<std::uint32_t>(0, 256),
      after_restart,
      "threads that run actors and connections; 0 means as many as there "
      "are processors");
  using s = orchestrator_settings;
  rows<s> work{table, "orchestrator.", &settings::orchestrator};
  work.add("max_pending", &s::max_pending, integers<std::uint32_t>(1, 100'000),
           at_once, "actions waiting for approval; more get 429");
  work.add("chat_deadline_ms", &s::chat_deadline, durations(100, hour_ms),
           at_once, "a chat that takes longer fails");
  work.add("action_deadline_ms", &s::action_deadline, durations(100, hour_ms),
           at_once, "any other action that takes longer fails");
  work.add("approval_deadline_ms", &s::approval_deadline,
           durations(1'000, 30LL * 24 * hour_ms), at_once,
           "an action that nobody approves for so long fails");
  rows<chat_settings> chat{table, "chat.", &settings::chat};
  chat.add(
      "fallbacks", &chat_settings::fallbacks,
      lists(check_label, "a list such as [\"openai/gpt-4o-mini\", \"ollama\"]"),
      at_once, "who answers when the default provider cannot");
}

void add_sandbox(setting_table& table) {
  using s = sandbox_settings;
  rows<s> sandbox{table, "sandbox.", &settings::sandbox};
  sandbox.add(
      "runtimes", &s::runtimes,
      lists(check_runtime, "a list of gvisor, kata, oci and bubblewrap"),
      after_restart, "kinds of isolation; the first that works is used");
  sandbox.add(
      "program_directories", &s::program_directories,
      lists(check_program_directory, "a list of absolute paths"), after_restart,
      "where runsc, runc, crun and bwrap are looked for, in this order");
  sandbox.add("max_agents", &s::max_agents, integers<std::uint32_t>(1, 1'000),
              after_restart, "agents at a time; more get 429");
  sandbox.add("may_be_unenforced", &s::may_be_unenforced,
              lists(check_limit, "a list of memory_bytes, cpus and processes"),
              after_restart,
              "limits that agents start without where they cannot be enforced");
  sandbox.add(
      "network_allow", &s::network_allow,
      lists(check_destination,
            "a list of destinations such as [\"api.example.org:443\", "
            "\"*.example.org:443\"]"),
      after_restart,
      "where agents that ask for a network may connect to; nowhere else");
  sandbox.add("allow_private_addresses", &s::allow_private_addresses,
              booleans(), after_restart,
              "let them connect to private addresses of other machines");
}

void add_api_calls(setting_table& table) {
  using s = api_call_settings;
  rows<s> calls{table, "api_calls.", &settings::api_calls};
  calls.add("allow", &s::allow,
            lists(check_origin,
                  "a list of origins such as [\"https://api.example.org\"]"),
            after_restart, "where api_call actions may go; nowhere else");
  calls.add("timeout_ms", &s::timeout, durations(10, hour_ms), after_restart,
            "for a whole call");
  calls.add("max_response_bytes", &s::max_response_bytes,
            integers<std::uint64_t>(1'024, 4 << 20, "bytes"), after_restart,
            "largest answer that is read; it is recorded as the result");
  calls.add("allow_private_addresses", &s::allow_private_addresses, booleans(),
            after_restart,
            "let them go to private addresses of other machines");
}

void add_provider_defaults(setting_table& table) {
  using s = provider_limits;
  rows<s> limits{table, "provider_defaults.", &settings::provider_defaults};
  limits.add("connect_timeout_ms", &s::connect_timeout, durations(10, hour_ms),
             after_restart, "name lookup, connection and TLS");
  limits.add("first_byte_timeout_ms", &s::first_byte_timeout,
             durations(10, hour_ms), after_restart,
             "from the request to the first byte of the answer");
  limits.add("idle_timeout_ms", &s::idle_timeout, durations(10, hour_ms),
             after_restart, "between two parts of an answer");
  limits.add("total_timeout_ms", &s::total_timeout, durations(10, hour_ms),
             after_restart, "for a whole exchange");
  limits.add("max_response_bytes", &s::max_response_bytes,
             integers<std::uint64_t>(1'024, 1 << 30, "bytes"), after_restart,
             "largest answer that is read");
  limits.add("probe_interval_ms", &s::probe_interval, durations(100, hour_ms),
             after_restart, "how often a quiet provider is asked");
  limits.add("probe_timeout_ms", &s::probe_timeout, durations(100, hour_ms),
             after_restart, "for a whole probe");
  limits.add("freshness_ms", &s::freshness, durations(100, 24 * hour_ms),
             after_restart, "how long a success counts as proof of health");
  limits.add("retries", &s::retries, integers<std::uint32_t>(0, 10),
             after_restart,
             "further attempts of a chat that was turned away or never sent");
  limits.add("circuit_failures", &s::circuit_failures,
             integers<std::uint32_t>(0, 1'000), after_restart,
             "failures in a row that stop chats with a model; 0 never does");
  limits.add("circuit_open_min_ms", &s::circuit_open_min,
             durations(100, hour_ms), after_restart,
             "how long they stop, doubled each time");
  limits.add("circuit_open_max_ms", &s::circuit_open_max,
             durations(100, hour_ms), after_restart,
             "how long they stop at most");
  limits.add("max_concurrent", &s::max_concurrent,
             integers<std::uint32_t>(1, 10'000), after_restart,
             "chats that one provider is given at a time; more wait");
  limits.add("max_queued", &s::max_queued, integers<std::uint32_t>(0, 100'000),
             after_restart, "chats that may wait; more get 429");
  limits.add("requests_per_minute", &s::requests_per_minute,
             integers<std::uint32_t>(0, 1'000'000), after_restart,
             "chats begun per minute with one provider; 0 does not limit them");
  limits.add("allow_private_addresses", &s::allow_private_addresses, booleans(),
             after_restart,
             "let providers be at private addresses of other machines");
  table.push_back(field<settings>(
      "providers.default",
      [](auto& owner) -> auto& { return owner.default_provider; },
      texts(check_label, "the name of a configured provider"), at_once,
      "the provider that is asked when a request names none"));
}

void add_alerts(setting_table& table) {
  using s = alert_settings;
  rows<s> alerts{table, "alerts.", &settings::alerts};
  alerts.add("enabled", &s::enabled, booleans(), after_restart,
             "evaluate the rules and tell the receivers");
  alerts.add("rules_file", &s::rules_file,
             texts(check_optional_path, "an absolute path"), after_restart,
             "rules in the form of config/alert_rules.toml, instead of those");
  alerts.add("interval_ms", &s::interval, durations(100, 60'000), after_restart,
             "how often the rules are evaluated");
  alerts.add("group_wait_ms", &s::group_wait, durations(0, hour_ms),
             after_restart, "what begins within it is told together");
  alerts.add("repeat_interval_ms", &s::repeat_interval,
             durations(60'000, 30LL * 24 * hour_ms), after_restart,
             "an alert that goes on is told again after this");
  alerts.add("heartbeat_url", &s::heartbeat_url,
             texts(check_optional_base_url, "an http or https URL"),
             after_restart,
             "called as long as alerts are evaluated, for whoever watches us");
  // Its path is all that keeps others from calling it.
  table.back().privacy = secrecy::secret;
  alerts.add("heartbeat_interval_ms", &s::heartbeat_interval,
             durations(1'000, 24 * hour_ms), after_restart,
             "how often that is");
}

}  // namespace

const setting_table& setting_descriptors() {
  static const auto table = [] {
    setting_table t;
    add_http(t);
    add_remote(t);
    add_storage(t);
    add_audit(t);
    add_supervision(t);
    add_log(t);
    add_work(t);
    add_sandbox(t);
    add_api_calls(t);
    add_security_settings(t);
    add_alerts(t);
    add_provider_defaults(t);
    return t;
  }();
  return table;
}

}  // namespace closedpaw::config
