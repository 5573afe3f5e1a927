#pragma once

#include "actors/providers/codec/codec.hpp"

namespace closedpaw::providers::codec {

/// Google's Gemini API (ai.google.dev/api): generateContent,
/// streamGenerateContent as server-sent events, models. The key goes in a
/// header, never in the query, where logs would keep it.
vendor google_vendor();

}  // namespace closedpaw::providers::codec
