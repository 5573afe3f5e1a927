#include "messages/model/operating_mode.hpp"

namespace closedpaw {

std::string explain(const mode_view& x) {
  std::string out{to_string(x.mode)};
  if (x.mode == operating_mode::normal)
    return out;
  out += " since " + to_iso8601(x.since) + " by " + x.by;
  if (!x.reason.empty())
    out += ": " + x.reason;
  return out + "; closedpaw resume (POST /api/resume) ends it";
}

}  // namespace closedpaw
