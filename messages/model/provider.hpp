#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "messages/model/error.hpp"
#include "messages/model/json.hpp"
#include "messages/model/time.hpp"

namespace closedpaw {

struct model_info {
  std::string name;
  /// Bytes on the provider's disk; 0 when it does not say.
  std::uint64_t size = 0;
  std::string family;
  std::string parameter_size;
  std::string modified_at;

  bool operator==(const model_info&) const = default;
};

struct chat_message {
  /// "system", "user", "assistant".
  std::string role;
  std::string content;

  bool operator==(const chat_message&) const = default;
};

struct chat_request {
  std::string model;
  std::vector<chat_message> messages;
  std::string request_id;
};

struct chat_reply {
  std::string model;
  std::string text;
  std::uint64_t prompt_tokens = 0;
  std::uint64_t completion_tokens = 0;
  std::uint32_t latency_ms = 0;
  std::string finish_reason;
};

/// What a provider's owner publishes about it. Health is the last exchange.
struct provider_view {
  std::string name;
  std::string type;
  bool enabled = true;
  std::string base_url;
  std::optional<std::string> default_model;
  std::vector<model_info> models;
  std::optional<timestamp> models_at;
  /// How long a success proves health.
  std::chrono::milliseconds freshness{90'000};
  std::optional<timestamp> last_success;
  std::optional<timestamp> last_failure;
  std::optional<failure> last_error;
  std::uint32_t last_latency_ms = 0;
  std::uint64_t prompt_tokens = 0;
  std::uint64_t completion_tokens = 0;
  std::uint64_t exchanges = 0;
  std::uint64_t failures = 0;
};

}  // namespace closedpaw
