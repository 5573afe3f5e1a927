#include "http/server/exchange.hpp"

#include "messages/model/json.hpp"
#include "messages/model/redaction.hpp"

namespace closedpaw::http {

std::string_view to_string(method x) {
  switch (x) {
    case method::get:
      return "GET";
    case method::head:
      return "HEAD";
    case method::post:
      return "POST";
    case method::put:
      return "PUT";
    case method::patch:
      return "PATCH";
    case method::del:
      return "DELETE";
    case method::options:
      return "OPTIONS";
  }
  return "GET";
}

std::string_view request::header_value(std::string_view lower_case_name) const {
  for (const auto& [name, value] : headers)
    if (name == lower_case_name)
      return value;
  return {};
}

response json_response(unsigned status, std::string body) {
  response out;
  out.status = status;
  out.headers.emplace_back("Content-Type", "application/json");
  out.body = std::make_shared<const std::string>(std::move(body));
  return out;
}

response error_response(const failure& error) {
  json body = {{"detail", redact(error.message)},
               {"code", to_string(error.code)}};
  if (error.extra.is_object())
    body.update(error.extra);
  auto out = json_response(http_status(error.code), dump(body));
  if (error.retry_after) {
    const auto seconds =
        std::chrono::ceil<std::chrono::seconds>(*error.retry_after).count();
    out.headers.emplace_back(
        "Retry-After", std::to_string(std::max<std::int64_t>(seconds, 0)));
  }
  return out;
}

reply_slot::reply_slot(std::string request_id, deliver_fn deliver,
                       watch_fn watch, request_notes* notes)
    : request_id_{std::move(request_id)},
      deliver_{std::move(deliver)},
      watch_{std::move(watch)},
      notes_{notes} {}

reply_slot::reply_slot(reply_slot&& other) noexcept
    : request_id_{std::move(other.request_id_)},
      deliver_{std::exchange(other.deliver_, nullptr)},
      watch_{std::exchange(other.watch_, nullptr)} {}

reply_slot& reply_slot::operator=(reply_slot&& other) noexcept {
  // What was held here ends with `old`, and is answered by its destructor.
  reply_slot old{std::move(*this)};
  request_id_ = std::move(other.request_id_);
  deliver_ = std::exchange(other.deliver_, nullptr);
  watch_ = std::exchange(other.watch_, nullptr);
  notes_ = nullptr;
  return *this;
}

reply_slot::~reply_slot() {
  if (!deliver_)
    return;
  answer(error_response(
      {.code = errc::internal,
       .message = "the component that had this request ended without "
                  "answering it: see GET /api/supervision",
       .extra = {{"request_id", request_id_}}}));
}

void reply_slot::when_gone(std::function<void()> left) {
  if (watch_)
    watch_(std::move(left));
}

void reply_slot::answer(response r) {
  if (const auto deliver = std::exchange(deliver_, nullptr))
    deliver(std::move(r));
}

}  // namespace closedpaw::http
