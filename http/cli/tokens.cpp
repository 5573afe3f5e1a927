#include "http/cli/tokens.hpp"

#include <charconv>

#include "http/cli/console.hpp"
#include "http/cli/lists_text.hpp"

namespace closedpaw::cli {

namespace {

result<json> create(daemon_client& daemon, const tokens_options& o) {
  json body{{"name", o.name}, {"scopes", o.scopes}};
  if (o.expires != "never") {
    const auto span = parse_span(o.expires);
    if (!span)
      return failure{errc::bad_request,
                     "--expires " + o.expires +
                         " is no span of time; expected 30d, 12h, 45m or never",
                     {},
                     {}};
    body["expires_in_s"] = span->count();
  }
  return daemon.post("/api/tokens", body);
}

result<json> revoke(daemon_client& daemon, const tokens_options& o) {
  const auto all = daemon.get("/api/tokens");
  if (!all)
    return all.error();
  for (const auto& x : *all)
    if (x.value("name", "") == o.name || x.value("id", "") == o.name)
      return daemon.remove("/api/tokens/" + x.value("id", ""));
  return failure{errc::not_found,
                 "there is no token " + o.name + "; see closedpaw tokens list",
                 {},
                 {}};
}

result<json> ask(daemon_client& daemon, const tokens_options& o) {
  switch (o.what) {
    case operation_of_tokens::list:
      return daemon.get("/api/tokens");
    case operation_of_tokens::create:
      return create(daemon, o);
    case operation_of_tokens::revoke:
      return revoke(daemon, o);
  }
  return failure{errc::internal, "an unknown command", {}, {}};
}

}  // namespace

std::optional<std::chrono::seconds> parse_span(std::string_view text) {
  std::uint32_t count = 0;
  const auto* end = text.data() + text.size();
  const auto [unit, ec] = std::from_chars(text.data(), end, count);
  if (ec != std::errc{} || count == 0 || end - unit != 1)
    return std::nullopt;
  switch (*unit) {
    case 'd':
      return std::chrono::days{count};
    case 'h':
      return std::chrono::hours{count};
    case 'm':
      return std::chrono::minutes{count};
    default:
      return std::nullopt;
  }
}

int run_tokens(const tokens_options& options, const daemon_address& where) {
  daemon_client daemon{where};
  const auto answer = ask(daemon, options);
  if (!answer)
    return tell(answer.error());
  if (options.as_json)
    print(*answer);
  else
    print(tokens_text(*answer));
  return 0;
}

}  // namespace closedpaw::cli
