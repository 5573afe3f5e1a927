#pragma once

#include "actors/providers/codec/codec.hpp"

namespace closedpaw::providers::codec {

/// Anthropic's messages and models (docs.anthropic.com/en/api), version
/// 2023-06-01. The system prompt travels apart from the messages, and a bound
/// on the answer must be named: 4096 tokens unless the caller names one.
vendor anthropic_vendor();

}  // namespace closedpaw::providers::codec
