#include "http/routes/handlers.hpp"
#include "http/routes/openapi/operation.hpp"
#include "http/routes/resources.hpp"

namespace closedpaw::http {

outcome open_stream(event_hub& hub, const request& r) {
  auto seat = hub.admit();
  if (!seat)
    return error_response(seat.error());
  response answer;
  answer.headers = {{"Content-Type", "text/event-stream"},
                    {"Cache-Control", "no-store"}};
  // A HEAD request gets the headers and gives its seat back.
  if (r.verb == method::head)
    return answer;
  answer.stream = [&hub, seat = *seat,
                   last = std::string{r.header_value("last-event-id")}](
                      std::shared_ptr<byte_stream> stream) {
    hub.subscribe(std::move(stream), seat, last);
  };
  return answer;
}

std::vector<route> events_routes(event_hub& hub) {
  return {{method::get, "/api/events", access::read,
           [&hub](const request& r, const path_params&, const live_state&) {
             return open_stream(hub, r);
           },
           [] {
             return operation{"streamEvents", "operation",
                              "Every change, as it happens"}
                 .describe(
                     "Server-sent events. With Last-Event-ID what was "
                     "missed comes first, or an event of type gap.")
                 .header("Last-Event-ID", string_schema(),
                         "The id of the last event that was seen")
                 .returns(200, "A stream without end", string_schema(),
                          "text/event-stream")
                 .fails(503, "All streams are taken")
                 .take();
           }}};
}

}  // namespace closedpaw::http
