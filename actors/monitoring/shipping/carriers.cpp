#include "actors/monitoring/shipping/carriers.hpp"

#include <charconv>

namespace closedpaw::monitoring::shipping {

namespace {

using kind = shipment_outcome::kind;

std::optional<std::chrono::milliseconds> retry_after(
    const http::client_response& x) {
  // RFC 9110, 10.2.3; a date is not worth its clock.
  const auto text = x.header_value("retry-after");
  std::uint32_t seconds = 0;
  const auto [end, ec] =
      std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (text.empty() || ec != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return std::chrono::seconds{std::min<std::uint32_t>(seconds, 300)};
}

http::cancel_handle post(const otlp_target& to, const char* path,
                         std::string body, http::client::callback done) {
  http::client_request q;
  q.method = "POST";
  q.url = to.url;
  while (q.url.ends_with('/'))
    q.url.pop_back();
  q.url += path;
  q.headers.emplace_back("Content-Type", "application/json");
  q.body = std::move(body);
  q.timeouts.total = std::chrono::seconds{10};
  q.max_response_bytes = std::size_t{64} * 1024;
  q.allow_private_addresses = to.allow_private_addresses;
  q.for_operator = true;
  return to.fetch(std::move(q), std::move(done));
}

}  // namespace

shipment_outcome judge_answer(const result<http::client_response>& answer) {
  if (!answer)
    return {kind::failed, answer.error().message, answer.error().retry_after};
  const auto status = answer->status;
  if (status / 100 == 2) {
    const auto rejected = otlp_rejected(answer->body);
    shipment_outcome out;
    out.rejected = rejected.records;
    if (rejected.records > 0)
      out.why = rejected.message;
    return out;
  }
  const auto why = "it answered with status " + std::to_string(status);
  // Of these events it will always say so. Anything else may be a matter of its
  // configuration, or of ours, which can be repaired.
  const bool about_these = status == 400 || status == 413 || status == 422;
  return {about_these ? kind::unfit : kind::failed, why, retry_after(*answer)};
}

carrier syslog_carrier(std::shared_ptr<http::syslog_connection> connection,
                       syslog_sender from) {
  return [connection = std::move(connection), from = std::move(from)](
             const std::vector<stored_event>& events, when_shipped done) {
    std::vector<std::string> messages;
    messages.reserve(events.size());
    for (const auto& e : events)
      messages.push_back(syslog_message(from, e));
    return connection->send(
        std::move(messages), [done = std::move(done)](const result<void>& x) {
          done(x ? shipment_outcome{}
                 : shipment_outcome{kind::failed, x.error().message});
        });
  };
}

carrier otlp_carrier(otlp_target to) {
  return [to = std::move(to)](const std::vector<stored_event>& events,
                              when_shipped done) {
    return post(
        to, "/v1/logs", otlp_logs(to.from, events, to.now()),
        [done = std::move(done)](const result<http::client_response>& answer) {
          done(judge_answer(answer));
        });
  };
}

http::cancel_handle send_metrics(const otlp_target& to, const families& metrics,
                                 when_shipped done) {
  return post(
      to, "/v1/metrics", otlp_metrics(to.from, metrics, to.now()),
      [done = std::move(done)](const result<http::client_response>& answer) {
        done(judge_answer(answer));
      });
}

}  // namespace closedpaw::monitoring::shipping
