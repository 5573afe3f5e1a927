#include "config/converters.hpp"
#include "messages/model/syslog_target.hpp"

namespace closedpaw::config {

namespace {

constexpr std::int64_t hour_ms = 3'600'000;
constexpr auto at_once = takes_effect::at_once;
constexpr auto after_restart = takes_effect::after_restart;
constexpr auto name_text = "1 to 64 of a-z, 0-9, _ and -";

template <class Owner, class T>
descriptor<Owner> row(std::string_view name, T Owner::*member, converter<T> c,
                      takes_effect when, std::string_view description) {
  return field<Owner>(
      std::string{name},
      [member](auto& owner) -> auto& { return owner.*member; }, std::move(c),
      when, description);
}

converter<std::optional<milliseconds>> limit(std::int64_t low,
                                             std::int64_t high = hour_ms) {
  return or_inherited(durations(low, high));
}

provider_table make_provider_table() {
  using p = provider_settings;
  return {
      row("name", &p::name, texts(check_name, name_text), after_restart,
          "the provider's name in requests, metrics and the tree"),
      row("type", &p::type,
          texts(check_provider_type,
                "one of ollama, openai, anthropic, google, mistral, custom"),
          after_restart, "the protocol it speaks"),
      row("base_url", &p::base_url,
          texts(check_base_url, "an address such as \"http://127.0.0.1:11434\"",
                echo::nothing),
          after_restart,
          "where it is, never with credentials; needed for custom, else the "
          "vendor's own"),
      row("default_model", &p::default_model,
          texts(check_optional_label,
                "a model's name of at most 256 bytes, or \"\""),
          at_once, "the model that is used when a request names none"),
      row("enabled", &p::enabled, booleans(), after_restart,
          "false keeps it configured and stopped"),
      row("connect_timeout_ms", &p::connect_timeout, limit(10), after_restart,
          "instead of provider_defaults.connect_timeout_ms"),
      row("first_byte_timeout_ms", &p::first_byte_timeout, limit(10),
          after_restart, "instead of provider_defaults.first_byte_timeout_ms"),
      row("idle_timeout_ms", &p::idle_timeout, limit(10), after_restart,
          "instead of provider_defaults.idle_timeout_ms"),
      row("total_timeout_ms", &p::total_timeout, limit(10), after_restart,
          "instead of provider_defaults.total_timeout_ms"),
      row("max_response_bytes", &p::max_response_bytes,
          or_inherited(integers<std::uint64_t>(1'024, 1 << 30, "bytes")),
          after_restart, "instead of provider_defaults.max_response_bytes"),
      row("probe_interval_ms", &p::probe_interval, limit(100), after_restart,
          "instead of provider_defaults.probe_interval_ms"),
      row("freshness_ms", &p::freshness, limit(100, 24 * hour_ms),
          after_restart, "instead of provider_defaults.freshness_ms"),
      row("max_concurrent", &p::max_concurrent,
          or_inherited(integers<std::uint32_t>(1, 10'000)), after_restart,
          "instead of provider_defaults.max_concurrent"),
      row("requests_per_minute", &p::requests_per_minute,
          or_inherited(integers<std::uint32_t>(1, 1'000'000)), after_restart,
          "instead of provider_defaults.requests_per_minute"),
  };
}

channel_table make_channel_table() {
  using c = channel_settings;
  return {
      row("name", &c::name, texts(check_channel_name, name_text), after_restart,
          "the channel's name in the tree and in the audit log"),
      row("type", &c::type,
          texts(check_channel_type,
                "one of webui, cli, telegram, discord, slack, matrix"),
          after_restart, "the service it belongs to"),
      row("base_url", &c::base_url,
          texts(check_optional_base_url,
                "an address such as \"https://example.org\"", echo::nothing),
          after_restart,
          "where its API is, never with credentials; needed for matrix, else "
          "the service's own"),
      row("enabled", &c::enabled, booleans(), after_restart,
          "false keeps it configured and stopped"),
      row("allowed_users", &c::allowed_users,
          lists(check_label, "a list of user ids such as [\"12345\"]"),
          after_restart, "who may talk through it"),
      row("open", &c::open, booleans(), after_restart,
          "true lets everybody talk through it"),
      row("poll_timeout_ms", &c::poll_timeout, durations(1'000, 120'000),
          after_restart, "how long the service may hold a poll"),
      row("user_messages_per_minute", &c::user_messages_per_minute,
          integers<std::uint32_t>(1, 100'000), after_restart,
          "what one user may send"),
      row("messages_per_minute", &c::messages_per_minute,
          integers<std::uint32_t>(1, 100'000), after_restart,
          "what all users together may send"),
      row("allow_private_addresses", &c::allow_private_addresses, booleans(),
          after_restart, "let it be at a private address of another machine"),
  };
}

receiver_table make_receiver_table() {
  using r = receiver_settings;
  receiver_table out{
      row("name", &r::name, texts(check_name, name_text), after_restart,
          "the receiver's name in logs and metrics"),
      row("type", &r::type,
          texts(check_receiver_type,
                "one of log, webhook, alertmanager, slack, channel"),
          after_restart, "how alerts get there"),
      row("url", &r::url,
          texts(check_optional_base_url, "an http or https URL", echo::nothing),
          after_restart,
          "where they are posted; of an Alertmanager, its own address"),
      row("channel", &r::channel,
          texts(check_optional_label, "a channel's name"), after_restart,
          "the channel that says them"),
      row("conversation", &r::conversation,
          texts(check_optional_label, "a conversation of that channel"),
          after_restart, "in which of its conversations"),
      row("min_severity", &r::min_severity,
          texts(check_severity, "info, warning or critical"), after_restart,
          "what is less severe is not told"),
      row("send_resolved", &r::send_resolved, booleans(), after_restart,
          "tell also that it is over"),
      row("allow_private_addresses", &r::allow_private_addresses, booleans(),
          after_restart, "let it be at a private address of another machine"),
  };
  // The address of a webhook is often all that keeps others from using it.
  out[2].privacy = secrecy::secret;
  return out;
}

problem check_facility(std::string_view text) {
  return facility_number(text) ? std::nullopt : problem{"is not a facility"};
}

shipper_table make_shipper_table() {
  using s = shipper_settings;
  shipper_table out{
      row("name", &s::name, texts(check_name, name_text), after_restart,
          "the shipper's name in the tree, logs and metrics"),
      row("type", &s::type, texts(check_shipper_type, "syslog or otlp"),
          after_restart, "the protocol"),
      row("url", &s::url,
          texts(check_shipper_url,
                "udp://HOST:514, tcp://HOST:514, tls://HOST:6514 or "
                "unix:///dev/log for syslog, an http or https URL for otlp",
                echo::nothing),
          after_restart, "where it is"),
      row("enabled", &s::enabled, booleans(), after_restart,
          "false keeps it configured and stopped"),
      row("facility", &s::facility,
          texts(check_facility,
                "a facility of syslog such as audit, daemon, or local0 to "
                "local7"),
          after_restart, "of syslog messages"),
      row("max_message_bytes", &s::max_message_bytes,
          integers<std::uint32_t>(1'024, 65'000, "bytes"), after_restart,
          "a longer syslog message has a digest in place of the details"),
      row("ca_file", &s::ca_file,
          texts(check_optional_path, "an absolute path"), after_restart,
          "certificates (PEM) that are trusted besides the system's"),
      row("metrics_interval_ms", &s::metrics_interval, durations(0, hour_ms),
          after_restart, "how often OTLP gets metrics; 0 never"),
      row("allow_private_addresses", &s::allow_private_addresses, booleans(),
          after_restart, "let it be at a private address of another machine"),
  };
  // What follows the host is often all that keeps others from using it.
  out[2].privacy = secrecy::secret;
  return out;
}

}  // namespace

const shipper_table& shipper_descriptors() {
  static const auto table = make_shipper_table();
  return table;
}

const receiver_table& receiver_descriptors() {
  static const auto table = make_receiver_table();
  return table;
}

const provider_table& provider_descriptors() {
  static const auto table = make_provider_table();
  return table;
}

const channel_table& channel_descriptors() {
  static const auto table = make_channel_table();
  return table;
}

}  // namespace closedpaw::config
