#pragma once

#include "actors/providers/codec/codec.hpp"

namespace closedpaw::providers::codec {

/// OpenAI's chat completions and models
/// (platform.openai.com/docs/api-reference) and those who speak the same but
/// for a few names: Mistral (docs.mistral.ai/api), and any server that calls
/// itself compatible.
vendor openai_vendor();
vendor mistral_vendor();
vendor custom_vendor();

}  // namespace closedpaw::providers::codec
