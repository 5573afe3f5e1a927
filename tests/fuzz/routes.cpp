#include "http/routes/resources.hpp"
#include "http/routes/router.hpp"
#include "http/server/request_reader.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace closedpaw;
using namespace closedpaw::http;

namespace {

/// The daemon's routes over a state in which everything is as after a start.
struct surface {
  surface() : hub{{}}, feeds{{}}, table{all_routes(hub, feeds, "fuzz")} {
    live.tree = [] { return node_snapshot{}; };
    live.explain_text = [](const std::string&) { return json::object(); };
    live.metrics = [] { return std::string{}; };
    live.timeline = [](std::int64_t) { return json::object(); };
    live.log_lines = [](const log_query&) { return std::vector<log_line>{}; };
    live.raise_log_level = [](const raise_log_level&, const principal&) {};
    live.now = [] { return timestamp{std::chrono::hours{24 * 365 * 50}}; };
  }

  event_hub hub;
  channel_feeds feeds;
  router table;
  live_state live;
};

constexpr std::size_t most_header = 16'384;
constexpr std::uint64_t most_body = 65'536;

/// The whole way of bytes from a socket to a handler: whatever is sent, it is
/// answered with a status that HTTP has, or becomes a command.
void serve(surface& s, std::string_view bytes) {
  request_reader reader{most_header, most_body};
  using progress = request_reader::progress;
  for (int requests = 0; requests < 8 && !bytes.empty(); ++requests) {
    auto got = progress::need_more;
    while (got == progress::need_more || got == progress::header_read) {
      std::size_t used = 0;
      got = reader.feed(bytes, used);
      fuzz::must(used <= bytes.size(), "no more is read than there is");
      bytes.remove_prefix(used);
      if (got == progress::need_more && (used == 0 || bytes.empty()))
        return;
    }
    if (got == progress::refused) {
      const auto status = reader.why().status;
      fuzz::must(status >= 400 && status < 600, "a refusal has a status");
      return;
    }
    auto& r = reader.message();
    r.id = "fuzz";
    const auto answer = s.table.dispatch(r, s.live);
    if (const auto* direct = std::get_if<response>(&answer))
      fuzz::must(direct->status >= 200 && direct->status < 600 &&
                     direct->status != 500,
                 "what is sent does not break a handler");
    reader.reset();
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static surface s;
  serve(s, fuzz::text(data, size));
  return 0;
}
