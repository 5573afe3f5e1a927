#pragma once

#include <string>
#include <string_view>

namespace closedpaw {

/// RFC 4648 section 4, padded. Needs no library, since programs that run in a
/// sandbox use it too.
std::string to_base64(std::string_view bytes);

}  // namespace closedpaw
