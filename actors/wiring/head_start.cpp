#include "actors/wiring/head_start.hpp"

#include "actors/wiring/runtime.hpp"
#include "http/routes/resources.hpp"
#include "messages/model/redaction.hpp"

namespace closedpaw::wiring {

head_start::head_start(runtime& r) {
  std::packaged_task make_routes{[&r] {
    // Made at its first use otherwise, which is soon.
    holds_secret({});
    return http::all_routes(r.events, r.feeds, CLOSEDPAW_VERSION);
  }};
  std::packaged_task read_rules{
      [file = r.settings.alerts.rules_file] { return read_alert_rules(file); }};
  routes = make_routes.get_future();
  alert_rules = read_rules.get_future();
  rules_and_routes_ = std::async(
      std::launch::async,
      [a = std::move(read_rules), b = std::move(make_routes)]() mutable {
        a();
        b();
      });
  skills =
      std::async(std::launch::async, [data_dir = r.settings.storage.data_dir] {
        return read_skills(data_dir);
      });
}

}  // namespace closedpaw::wiring
