#include <future>

#include "http/routes/openapi/document.hpp"
#include "http/routes/openapi/operation.hpp"
#include "http/routes/replies.hpp"
#include "http/routes/resources.hpp"

namespace closedpaw::http {

namespace {

constexpr std::string_view style = R"(
body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 60em;
  padding: 0 1em; color: #1d2733; background: #fff; }
details { border-top: 1px solid #d5dbe3; padding: .4em 0; }
summary { cursor: pointer; }
summary i { float: right; color: #5a6b7d; }
code { background: #f1f4f8; padding: 0 .25em; }
@media (prefers-color-scheme: dark) {
  body { color: #dde5ee; background: #14191f; }
  code { background: #222a33; }
  a { color: #8ab8ff; }
}
)";

route_handler always(response answer) {
  return [answer = std::move(answer)](const request&, const path_params&,
                                      const live_state&) {
    return outcome{answer};
  };
}

/// Made by whoever asks first: few do, and the start is not to wait for it.
template <class F>
route_handler made_once(F make) {
  return [made = std::async(std::launch::deferred, std::move(make)).share()](
             const request&, const path_params&, const live_state&) {
    return outcome{made.get()};
  };
}

response page_reply(std::string html) {
  auto page = text_reply("text/html; charset=utf-8", std::move(html));
  page.headers.emplace_back(
      "Content-Security-Policy",
      "default-src 'none'; style-src 'self'; base-uri 'none'; "
      "form-action 'none'; frame-ancestors 'none'");
  page.headers.emplace_back("Referrer-Policy", "no-referrer");
  return page;
}

}  // namespace

std::vector<route> docs_routes(const std::vector<route>& others,
                               const std::string& version) {
  std::vector<route> own{
      {method::get,
       "/openapi.json",
       access::public_,
       {},
       [] {
         return operation{"openapi", "operation", "This document"}
             .returns(200, "OpenAPI 3.0", free_object())
             .take();
       }},
      {method::get,
       "/docs",
       access::public_,
       {},
       [] {
         return operation{"docs", "operation", "This document as a page"}
             .returns(200, "HTML without scripts", string_schema(), "text/html")
             .take();
       }},
      {method::get, "/docs/style.css", access::public_,
       always(text_reply("text/css; charset=utf-8", std::string{style})),
       nullptr}};
  auto all = others;
  all.insert(all.end(), own.begin(), own.end());
  const auto document = std::async(std::launch::deferred, [=] {
                          return openapi_document(all, version);
                        }).share();
  own[0].handle = made_once([=] { return json_reply(document.get()); });
  own[1].handle =
      made_once([=] { return page_reply(docs_page(document.get())); });
  return own;
}

}  // namespace closedpaw::http
