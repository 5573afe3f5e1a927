#include "http/server/header_scanner.hpp"

namespace closedpaw::http {

header_scanner::verdict header_scanner::refuse(const char* reason) {
  reason_ = reason;
  return verdict::malformed;
}

header_scanner::verdict header_scanner::scan(std::string_view bytes) {
  if (!bytes.empty() && (bytes[0] < 'A' || bytes[0] > 'z'))
    return refuse("this is not HTTP: plain http:// is spoken here");
  for (;;) {
    if (at_ < bytes.size() && (bytes[at_] == ' ' || bytes[at_] == '\t'))
      return refuse("a header field is folded over two lines");
    const auto end = bytes.find('\n', at_);
    if (end == std::string_view::npos)
      return bytes.size() > limit_ ? verdict::too_large : verdict::need_more;
    if (end == at_ || bytes[end - 1] != '\r')
      return refuse("a line ends without a carriage return");
    const bool empty_line = end == at_ + 1;
    at_ = end + 1;
    if (at_ > limit_)
      return verdict::too_large;
    if (empty_line)
      return verdict::complete;
  }
}

}  // namespace closedpaw::http
