#define CAF_SUITE otlp_bodies

#include "actors/monitoring/shipping/carriers.hpp"
#include "actors/monitoring/shipping/otlp.hpp"

#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include "tests/unit_test.hpp"

namespace otlp_bodies_tests {

using namespace closedpaw;
using namespace closedpaw::monitoring;
using namespace closedpaw::monitoring::shipping;
using kind = shipment_outcome::kind;

const timestamp start{std::chrono::seconds{1'000}};
const timestamp now{std::chrono::seconds{2'000}};

otlp_resource resource() {
  return {"1.2", "host", "run-1", start};
}

std::string attribute(const json& attributes, const std::string& key) {
  for (const auto& a : attributes)
    if (a.value("key", "") == key)
      return a["value"].begin()->get<std::string>();
  return "none";
}

shipment_outcome judged(unsigned status, std::string body = "{}",
                        std::string retry = {}) {
  http::client_response r;
  r.status = status;
  r.body = std::move(body);
  if (!retry.empty())
    r.headers.emplace_back("retry-after", retry);
  return judge_answer(r);
}

CAF_TEST(events are log records) {
  stored_event e;
  e.sequence = 9'007'199'254'740'993;
  e.event.time = now;
  e.event.action_type = "chat";
  e.event.status = "failed";
  e.event.outcome = "failure";
  e.event.user = {"local", "uid:1000"};
  e.event.details = json_text{json{{"a", 1}}};
  const auto body = json::parse(otlp_logs(resource(), {e}, now));
  const auto& one = body["resourceLogs"][0];
  CAF_CHECK_EQUAL(attribute(one["resource"]["attributes"], "service.name"),
                  "closedpaw");
  CAF_CHECK_EQUAL(
      attribute(one["resource"]["attributes"], "service.instance.id"), "run-1");
  const auto& record = one["scopeLogs"][0]["logRecords"][0];
  // Numbers of 64 bits are texts, or they would be rounded.
  CAF_CHECK_EQUAL(attribute(record["attributes"], "closedpaw.sequence"),
                  "9007199254740993");
  CAF_CHECK_EQUAL(attribute(record["attributes"], "closedpaw.status"),
                  "failed");
  CAF_CHECK_EQUAL(attribute(record["attributes"], "user.id"), "uid:1000");
  CAF_CHECK_EQUAL(attribute(record["attributes"], "closedpaw.action_id"),
                  "none");
  CAF_CHECK_EQUAL(record.value("timeUnixNano", ""), "2000000000000");
  CAF_CHECK_EQUAL(record.value("severityText", ""), "WARN");
  CAF_CHECK_EQUAL(record["body"].value("stringValue", ""), "{\"a\":1}");
}

CAF_TEST(metrics keep their kind) {
  families all;
  auto gauge = family::gauge("g", "a gauge");
  gauge.add({{"x", "y"}}, 2.5);
  std::move(gauge).to(all);
  auto counter = family::counter("c_total", "a counter");
  counter.add({}, std::uint64_t{7});
  std::move(counter).to(all);
  prometheus::Registry registry;
  auto& h = prometheus::BuildHistogram().Name("h").Register(registry).Add(
      {}, prometheus::Histogram::BucketBoundaries{1, 10});
  h.Observe(0.5);
  h.Observe(0.6);
  h.Observe(5);
  h.Observe(50);
  for (auto& f : registry.Collect())
    all.push_back(f);
  const auto body = json::parse(otlp_metrics(resource(), all, now));
  const auto& metrics =
      body["resourceMetrics"][0]["scopeMetrics"][0]["metrics"];
  CAF_REQUIRE_EQUAL(metrics.size(), 3U);
  const auto& g = metrics[0]["gauge"]["dataPoints"][0];
  CAF_CHECK_EQUAL(g.value("asDouble", 0.0), 2.5);
  CAF_CHECK_EQUAL(attribute(g["attributes"], "x"), "y");
  CAF_CHECK_EQUAL(metrics[1]["sum"].value("isMonotonic", false), true);
  CAF_CHECK_EQUAL(metrics[1]["sum"].value("aggregationTemporality", 0), 2);
  CAF_CHECK_EQUAL(
      metrics[1]["sum"]["dataPoints"][0].value("startTimeUnixNano", ""),
      "1000000000000");
  const auto& p = metrics[2]["histogram"]["dataPoints"][0];
  CAF_CHECK_EQUAL(dump(p["bucketCounts"]), R"(["2","1","1"])");
  CAF_CHECK_EQUAL(dump(p["explicitBounds"]), "[1.0,10.0]");
  CAF_CHECK_EQUAL(p.value("count", ""), "4");
}

CAF_TEST(answers of a collector) {
  CAF_CHECK(judged(200).how == kind::taken);
  CAF_CHECK(judged(400).how == kind::unfit);
  CAF_CHECK(judged(413).how == kind::unfit);
  // These are about who asks, or where: they may be repaired.
  for (const unsigned status : {401U, 403U, 404U, 429U, 500U, 503U})
    CAF_CHECK(judged(status).how == kind::failed);
  CAF_CHECK(judged(503, "", "7").retry_after == std::chrono::seconds{7});
  CAF_CHECK(!judged(503, "", "soon").retry_after);
  CAF_CHECK(judged(503, "", "99999").retry_after == std::chrono::seconds{300});
  const auto part = judged(
      200,
      R"({"partialSuccess":{"rejectedLogRecords":"3","errorMessage":"old"}})");
  CAF_CHECK(part.how == kind::taken);
  CAF_CHECK_EQUAL(part.rejected, 3U);
  CAF_CHECK_EQUAL(part.why, "old");
  CAF_CHECK_EQUAL(
      judged(200, R"({"partialSuccess":{"rejectedDataPoints":2}})").rejected,
      2U);
  CAF_CHECK_EQUAL(judged(200, "no json").rejected, 0U);
}

}  // namespace otlp_bodies_tests
