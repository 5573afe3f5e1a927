#include "config/settings.hpp"

namespace closedpaw::config {

std::string to_string(const endpoint& x) {
  const bool v6 = x.host.find(':') != std::string::npos;
  const std::string host = v6 ? "[" + x.host + "]" : x.host;
  return host + ":" + std::to_string(x.port);
}

std::string_view to_string(log_level x) {
  constexpr std::array<std::string_view, 7> names{
      "trace", "debug", "info", "warn", "error", "critical", "off"};
  return names[static_cast<std::size_t>(x)];
}

provider_limits limits_of(const provider_settings& provider,
                          const provider_limits& defaults) {
  const auto& d = defaults;
  return {
      .connect_timeout = provider.connect_timeout.value_or(d.connect_timeout),
      .first_byte_timeout =
          provider.first_byte_timeout.value_or(d.first_byte_timeout),
      .idle_timeout = provider.idle_timeout.value_or(d.idle_timeout),
      .total_timeout = provider.total_timeout.value_or(d.total_timeout),
      .max_response_bytes =
          provider.max_response_bytes.value_or(d.max_response_bytes),
      .probe_interval = provider.probe_interval.value_or(d.probe_interval),
      .freshness = provider.freshness.value_or(d.freshness),
      .retries = d.retries,
      .circuit_failures = d.circuit_failures,
      .circuit_open_min = d.circuit_open_min,
      .circuit_open_max = d.circuit_open_max,
      .allow_private_addresses = d.allow_private_addresses,
      .max_concurrent = provider.max_concurrent.value_or(d.max_concurrent),
      .max_queued = d.max_queued,
      .requests_per_minute =
          provider.requests_per_minute.value_or(d.requests_per_minute),
  };
}

std::vector<provider_settings> builtin_providers() {
  provider_settings ollama;
  ollama.name = "ollama";
  ollama.type = "ollama";
  ollama.base_url = "http://127.0.0.1:11434";
  ollama.default_model = "llama3.2:3b";
  return {std::move(ollama)};
}

std::vector<channel_settings> builtin_channels() {
  channel_settings webui;
  webui.name = "webui";
  webui.type = "webui";
  return {std::move(webui)};
}

std::vector<receiver_settings> builtin_receivers() {
  return {receiver_settings{.name = "log", .type = "log"}};
}

}  // namespace closedpaw::config
