#include <future>

#include "http/dashboard/assets.hpp"
#include "http/routes/replies.hpp"
#include "http/routes/resources.hpp"
#include "messages/model/sha256.hpp"

namespace closedpaw::http {

namespace {

// What the API says is only ever shown as text; should that fail once, nothing
// runs that is not ours and nothing leaves the page.
constexpr std::string_view policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

void add_headers(response& to, const std::string& tag) {
  to.headers.emplace_back("Content-Security-Policy", policy);
  to.headers.emplace_back("Referrer-Policy", "no-referrer");
  to.headers.emplace_back("Cache-Control", "no-cache");
  to.headers.emplace_back("ETag", tag);
}

struct answers {
  std::string tag;
  response page;
  response unchanged;
};

answers make_answers(const dashboard::asset& x) {
  answers out;
  out.tag = '"' + to_hex(sha256({x.media_type, x.content})).substr(0, 32) + '"';
  out.page = text_reply(x.media_type, std::string{x.content});
  add_headers(out.page, out.tag);
  out.unchanged.status = 304;
  add_headers(out.unchanged, out.tag);
  return out;
}

route asset_route(const dashboard::asset& x) {
  const auto path =
      x.path.empty() ? "/dashboard" : "/dashboard/" + std::string{x.path};
  // Many a daemon's page is never looked at; the start is not to wait for it,
  // and memory is not to hold it twice.
  const auto made = std::async(std::launch::deferred, make_answers, x).share();
  return {method::get, path, access::public_,
          [made](const request& r, const path_params&, const live_state&) {
            const auto& to = made.get();
            return outcome{r.header_value("if-none-match") == to.tag
                               ? to.unchanged
                               : to.page};
          },
          nullptr};
}

}  // namespace

std::vector<route> dashboard_routes() {
  std::vector<route> out;
  for (const auto& x : dashboard::assets())
    out.push_back(asset_route(x));
  return out;
}

}  // namespace closedpaw::http
