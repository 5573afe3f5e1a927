#pragma once

#include "actors/providers/codec/tool_calls.hpp"
#include "tests/unit/providers/codec_help.hpp"

namespace closedpaw::providers::codec {

inline const vendor& of(std::string_view type) {
  for (const auto& v : vendors())
    if (v.type == type)
      return v;
  CAF_FAIL("no such vendor");
}

/// "id name arguments signature;" of each.
inline std::string text(const std::vector<tool_call>& calls) {
  std::string out;
  for (const auto& x : calls)
    out += x.id + ' ' + x.name + ' ' + x.arguments + ' ' + x.signature + ';';
  return out;
}

}  // namespace closedpaw::providers::codec
