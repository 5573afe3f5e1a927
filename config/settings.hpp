#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/security_settings.hpp"

/// Every setting with its default, typed and already checked. What a setting
/// means, its bounds and its name in the file are in the descriptor tables.
namespace closedpaw::config {

using std::chrono::milliseconds;

/// An address to listen on; the host is a literal IPv4 or IPv6 address.
struct endpoint {
  std::string host = "127.0.0.1";
  /// 0 lets the system choose.
  std::uint16_t port = 8000;

  bool operator==(const endpoint&) const = default;
};

/// "127.0.0.1:8000" or "[::1]:8000".
std::string to_string(const endpoint& x);

enum class durability : std::uint8_t { sync, async };
enum class log_format : std::uint8_t { automatic, human, json };
/// In spdlog's order, so that one cast converts.
enum class log_level : std::uint8_t {
  trace,
  debug,
  info,
  warn,
  error,
  critical,
  off,
};

std::string_view to_string(log_level x);

/// The parts of the daemon whose log level can be set apart from the others.
inline constexpr std::array<std::string_view, 10> components{
    "main",  "http",      "gateway",  "orchestrator", "storage",
    "audit", "providers", "channels", "supervision",  "monitoring"};

/// How other machines come in; not at all without `listen.host`.
struct remote_settings {
  endpoint listen{"", 0};
  /// What they call this machine.
  std::vector<std::string> names;
  /// PEM.
  std::string certificate_file;
  std::string key_file;
  std::uint32_t max_connections = 128;

  bool operator==(const remote_settings&) const = default;
};

struct http_settings {
  endpoint listen;
  std::uint32_t max_connections = 512;
  std::uint32_t max_in_flight = 1024;
  std::uint64_t max_body_bytes = 1 << 20;
  milliseconds request_timeout{30'000};
  milliseconds chat_timeout{120'000};
  milliseconds idle_timeout{75'000};
  std::vector<std::string> allowed_origins{"http://localhost:3000",
                                           "http://127.0.0.1:3000"};
  bool allow_root_peer = false;

  bool operator==(const http_settings&) const = default;
};

struct storage_settings {
  /// Absolute once loaded: "~" and relative paths are resolved by load().
  std::string data_dir = "~/.local/share/closedpaw";
  std::uint32_t map_size_gib = 64;
  std::uint32_t reserve_mib = 8;

  bool operator==(const storage_settings&) const = default;
};

struct audit_settings {
  config::durability durability = config::durability::sync;
  /// How often the log's head is signed and anchored.
  milliseconds head_interval{300'000};
  /// How often the whole log is recomputed; 0 never.
  milliseconds verify_interval{std::chrono::hours{1}};
  /// The logger waits for its disk, which may be slow without being broken.
  milliseconds hang_after{15'000};
  /// Empty: audit-heads.ndjson in the data directory.
  std::string anchor_file;
  std::string anchor_webhook;
  /// 0: for ever, and however much.
  std::uint32_t keep_days = 0;
  std::uint64_t keep_bytes = 0;
  milliseconds keep_interval{60'000};

  bool operator==(const audit_settings&) const = default;
};

struct supervision_settings {
  bool fault_injection = false;
  milliseconds hang_after{5'000};
  std::uint32_t max_leaked = 4;
  milliseconds shutdown_deadline{10'000};
  milliseconds backoff_min{200};
  milliseconds backoff_max{30'000};
  /// A fraction of the delay, 0 to 1.
  double backoff_jitter = 0.2;
  std::uint32_t intensity = 5;
  milliseconds period{60'000};
  milliseconds quiet_reset{60'000};
  milliseconds slow_retry{60'000};

  bool operator==(const supervision_settings&) const = default;
};

struct log_settings {
  log_level level = log_level::info;
  log_format format = log_format::automatic;
  /// By component; one that is not here follows `level`.
  std::map<std::string, log_level, std::less<>> levels;

  bool operator==(const log_settings&) const = default;
};

struct scheduler_settings {
  /// Threads of the crew; 0 means as many as there are processors.
  std::uint32_t workers = 0;

  bool operator==(const scheduler_settings&) const = default;
};

struct orchestrator_settings {
  std::uint32_t max_pending = 1'000;
  milliseconds chat_deadline{120'000};
  milliseconds action_deadline{30'000};
  milliseconds approval_deadline{std::chrono::hours{24}};

  bool operator==(const orchestrator_settings&) const = default;
};

struct sandbox_settings {
  /// Kinds of isolation; the first that works is used.
  std::vector<std::string> runtimes{"gvisor", "kata", "oci", "bubblewrap"};
  /// Where their programs are looked for, absolute.
  std::vector<std::string> program_directories{
      "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"};
  /// Running at a time.
  std::uint32_t max_agents = 16;
  /// Limits that an agent may do without where they cannot be enforced.
  std::vector<std::string> may_be_unenforced;
  /// Where agents with a network may connect to; see is_destination_rule().
  std::vector<std::string> network_allow;
  bool allow_private_addresses = false;

  bool operator==(const sandbox_settings&) const = default;
};

struct api_call_settings {
  /// Origins, such as "https://api.example.org"; nothing else is called.
  std::vector<std::string> allow;
  milliseconds timeout{20'000};
  std::uint64_t max_response_bytes = 256 << 10;
  bool allow_private_addresses = false;

  bool operator==(const api_call_settings&) const = default;
};

struct chat_settings {
  /// Who answers when the default provider cannot: "provider" or
  /// "provider/model", tried in order.
  std::vector<std::string> fallbacks;

  bool operator==(const chat_settings&) const = default;
};

/// The limits of every exchange with a provider.
struct provider_limits {
  milliseconds connect_timeout{3'000};
  milliseconds first_byte_timeout{60'000};
  milliseconds idle_timeout{30'000};
  milliseconds total_timeout{120'000};
  std::uint64_t max_response_bytes = 16 << 20;
  milliseconds probe_interval{4'000};
  /// For a whole probe.
  milliseconds probe_timeout{3'000};
  /// How long a success counts as proof of health.
  milliseconds freshness{90'000};
  /// After the first attempt, where nothing was begun.
  std::uint32_t retries = 2;
  /// Failures in a row that open a model's circuit; 0 never does.
  std::uint32_t circuit_failures = 5;
  /// How long it stays open at first, and at most.
  milliseconds circuit_open_min{5'000};
  milliseconds circuit_open_max{300'000};
  /// May be at a private address (RFC 1918, RFC 4193) of another machine.
  bool allow_private_addresses = false;
  /// Chats at a time, those that wait, and those begun per minute (0: any).
  std::uint32_t max_concurrent = 32;
  std::uint32_t max_queued = 256;
  std::uint32_t requests_per_minute = 0;

  bool operator==(const provider_limits&) const = default;
};

/// One `[[providers]]` entry. Limits that are not given follow
/// `[provider_defaults]`.
struct provider_settings {
  std::string name;
  std::string type;
  std::string base_url;
  std::string default_model;
  bool enabled = true;
  std::optional<milliseconds> connect_timeout;
  std::optional<milliseconds> first_byte_timeout;
  std::optional<milliseconds> idle_timeout;
  std::optional<milliseconds> total_timeout;
  std::optional<std::uint64_t> max_response_bytes;
  std::optional<milliseconds> probe_interval;
  std::optional<milliseconds> freshness;
  std::optional<std::uint32_t> max_concurrent;
  std::optional<std::uint32_t> requests_per_minute;
  /// Registered by a request and kept in the store; not in the file.
  bool registered = false;

  bool operator==(const provider_settings&) const = default;
};

/// What a provider's key is for: no other vendor or address is sent it.
inline std::string key_audience(const provider_settings& x) {
  return x.type + " at " + x.base_url;
}

/// One `[[channels]]` entry.
struct channel_settings {
  std::string name;
  std::string type;
  /// Of the service's API; empty where it has none.
  std::string base_url{};
  bool enabled = true;
  std::vector<std::string> allowed_users{};
  /// Everybody may talk through it.
  bool open = false;
  /// A poll is answered within this, or lost.
  milliseconds poll_timeout{12'000};
  /// Of one user, and of all together.
  std::uint32_t user_messages_per_minute = 20;
  std::uint32_t messages_per_minute = 300;
  bool allow_private_addresses = false;
  /// Registered by a request and kept in the store; not in the file.
  bool registered = false;

  bool operator==(const channel_settings&) const = default;
};

/// What the daemon tells of itself, and how often it looks.
struct alert_settings {
  bool enabled = true;
  /// Empty: the rules that are part of the program.
  std::string rules_file;
  milliseconds interval{500};
  /// What begins within it is told together.
  milliseconds group_wait{1'000};
  /// A firing alert is told again after this.
  milliseconds repeat_interval{std::chrono::hours{4}};
  /// Called on a period for as long as alerts are evaluated; empty for none.
  std::string heartbeat_url;
  milliseconds heartbeat_interval{60'000};

  bool operator==(const alert_settings&) const = default;
};

/// One `[[receivers]]` entry: who is told of alerts.
struct receiver_settings {
  std::string name;
  /// "log", "webhook", "alertmanager", "slack" or "channel".
  std::string type{};
  std::string url{};
  /// Of type "channel".
  std::string channel{};
  std::string conversation{};
  std::string min_severity = "warning";
  bool send_resolved = true;
  bool allow_private_addresses = false;

  bool operator==(const receiver_settings&) const = default;
};

/// One `[[shippers]]` entry: where the audit log is sent as well.
struct shipper_settings {
  std::string name;
  /// "syslog" or "otlp"
  std::string type{};
  /// Of syslog, see parse_syslog_target; of OTLP, what /v1/logs comes behind.
  std::string url{};
  bool enabled = true;
  /// Of syslog.
  std::string facility = "audit";
  std::uint32_t max_message_bytes = 8'192;
  /// PEM; of syslog over TLS, besides the system's certificates.
  std::string ca_file{};
  /// Of OTLP: how often metrics are sent; 0 never.
  milliseconds metrics_interval{15'000};
  bool allow_private_addresses = false;

  bool operator==(const shipper_settings&) const = default;
};

struct settings {
  http_settings http;
  remote_settings remote;
  storage_settings storage;
  audit_settings audit;
  supervision_settings supervision;
  log_settings log;
  scheduler_settings runtime;
  orchestrator_settings orchestrator;
  chat_settings chat;
  sandbox_settings sandbox;
  api_call_settings api_calls;
  security_settings security;
  prompt_settings prompts;
  limit_settings limits;
  provider_limits provider_defaults;
  /// Names one of `providers`; load() fills in the first enabled one.
  std::string default_provider;
  std::vector<provider_settings> providers;
  std::vector<channel_settings> channels;
  alert_settings alerts;
  std::vector<receiver_settings> receivers;
  std::vector<shipper_settings> shippers;

  bool operator==(const settings&) const = default;
};

/// The provider's own limits, completed by the defaults.
provider_limits limits_of(const provider_settings& provider,
                          const provider_limits& defaults);

/// What is used where the file lists no provider, channel or receiver.
std::vector<provider_settings> builtin_providers();
std::vector<channel_settings> builtin_channels();
std::vector<receiver_settings> builtin_receivers();

}  // namespace closedpaw::config
