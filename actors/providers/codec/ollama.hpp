#pragma once

#include <string_view>
#include <vector>

#include "actors/providers/codec/codec.hpp"

/// Ollama's native API (github.com/ollama/ollama, docs/api.md).
namespace closedpaw::providers::codec::ollama {

/// GET /api/tags
http_request list_models();
result<std::vector<model_info>> parse_models(const http_reply& reply);

/// POST /api/show
http_request show(std::string_view model);
result<model_details> parse_show(const http_reply& reply);

/// POST /api/chat; carries X-Request-Id when there is one.
http_request chat(const chat_request& request);
/// not_found when Ollama does not have the model. An answer without
/// `message.content` is malformed, one whose content is empty is an answer.
result<chat_reply> parse_chat(const http_reply& reply);
std::unique_ptr<stream_decoder> decode();

inline constexpr vendor codec{.type = "ollama",
                              .list_models = list_models,
                              .parse_models = parse_models,
                              .show = show,
                              .parse_show = parse_show,
                              .chat = chat,
                              .parse_chat = parse_chat,
                              .decode = decode,
                              .can_demand_calls = false,
                              .can_limit_calls = false,
                              .fetches_images = false};

}  // namespace closedpaw::providers::codec::ollama
