#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "messages/model/chat.hpp"
#include "messages/model/error.hpp"
#include "messages/model/json.hpp"
#include "messages/model/shared_list.hpp"
#include "messages/model/time.hpp"
#include "messages/model/uuid.hpp"

namespace closedpaw {

/// What a listing does not say of a model.
struct model_details {
  /// In tokens; 0 when the provider does not say.
  std::uint64_t context_length = 0;
  /// In the provider's own words: "completion", "tools", "vision".
  std::vector<std::string> capabilities;

  bool operator==(const model_details&) const = default;
};

struct model_info {
  std::string name;
  /// Bytes on the provider's disk; 0 when it does not say.
  std::uint64_t size = 0;
  std::string family;
  std::string parameter_size;
  std::string modified_at;
  /// Nothing until the provider was asked for them.
  std::optional<model_details> details = std::nullopt;

  bool operator==(const model_info&) const = default;
};

/// What a caller may ask of the sampling; what is not set is the model's own.
struct chat_options {
  std::optional<double> temperature;
  std::optional<double> top_p;
  std::optional<double> presence_penalty;
  std::optional<double> frequency_penalty;
  std::optional<std::int64_t> max_tokens;
  std::optional<std::int64_t> seed;
  std::vector<std::string> stop;
  /// OpenAI's "response_format"; null for plain text.
  json_text response_format{};

  bool operator==(const chat_options&) const = default;
};

struct chat_request {
  std::string model;
  std::vector<chat_message> messages;
  std::string request_id;
  chat_options options{};
  tool_use tools{};
  /// Whoever reads the deltas, in the process's stream hub; empty for none.
  std::string stream_id{};
  /// The action on whose behalf; what a cancellation names.
  uuid action_id{};
};

/// A try that did not lead to an answer.
struct chat_attempt {
  std::string provider;
  std::string model;
  /// The failure's code and text.
  std::string code;
  std::string error;
  std::uint32_t latency_ms = 0;
};

struct chat_reply {
  std::string model;
  std::string text;
  std::uint64_t prompt_tokens = 0;
  std::uint64_t completion_tokens = 0;
  std::uint32_t latency_ms = 0;
  /// In OpenAI's words: "stop", "length", "tool_calls", "content_filter"; else
  /// the vendor's.
  std::string finish_reason;
  /// What was tried before, oldest first.
  std::vector<chat_attempt> failed{};
  /// Who answered.
  std::string provider{};
  /// What the model wants to be called before it goes on.
  std::vector<tool_call> tool_calls{};
  /// The text says why there is no answer (OpenAI's "refusal").
  bool refused = false;
};

/// One try of a chat with a vendor, for measures.
struct model_call {
  std::string provider;
  /// The vendor's: "ollama", "openai" …
  std::string type;
  std::string model;
  /// Of the failure; empty where it was answered.
  std::string code;
  std::uint32_t latency_ms = 0;
  std::uint64_t prompt_tokens = 0;
  std::uint64_t completion_tokens = 0;
};

/// A model's circuit that is not closed.
struct circuit_view {
  std::string model;
  std::uint32_t failures = 0;
  /// Until then nothing is asked; afterwards one request probes.
  std::optional<timestamp> open_until;
};

/// Chats at the vendor, and those that wait for a place. Written by the
/// provider's owner whenever they change, unlike what it publishes.
struct provider_load {
  std::atomic<std::uint32_t> in_flight = 0;
  std::atomic<std::uint32_t> queued = 0;
};

/// What a provider's owner publishes about it. Health is the last exchange.
struct provider_view {
  std::string name;
  std::string type;
  bool enabled = true;
  std::string base_url;
  std::optional<std::string> default_model;
  shared_list<model_info> models;
  std::optional<timestamp> models_at;
  /// How long a success proves health.
  std::chrono::milliseconds freshness{90'000};
  std::optional<timestamp> last_success;
  std::optional<timestamp> last_failure;
  std::optional<failure> last_error;
  std::uint32_t last_latency_ms = 0;
  /// Of the last 256 exchanges that succeeded.
  std::uint32_t latency_p50_ms = 0;
  std::uint32_t latency_p95_ms = 0;
  std::uint64_t prompt_tokens = 0;
  std::uint64_t completion_tokens = 0;
  std::uint64_t exchanges = 0;
  std::uint64_t failures = 0;
  std::vector<circuit_view> circuits;
  /// Of the life that published this; never null.
  std::shared_ptr<provider_load> load = std::make_shared<provider_load>();
  std::optional<timestamp> next_probe;
};

}  // namespace closedpaw
