#include "http/routes/resources.hpp"

#include <iterator>

namespace closedpaw::http {

std::vector<route> all_routes(event_hub& hub, channel_feeds& feeds,
                              std::string_view version) {
  std::vector<route> all;
  auto add = [&all](std::vector<route> more) {
    all.insert(all.end(), std::make_move_iterator(more.begin()),
               std::make_move_iterator(more.end()));
  };
  add(status_routes(version));
  add(chat_routes());
  add(openai_routes());
  add(models_routes());
  add(actions_routes());
  add(audit_routes());
  add(skills_routes());
  add(providers_routes());
  add(agents_routes());
  add(channels_routes());
  add(conversations_routes(feeds));
  add(supervision_routes());
  add(events_routes(hub));
  add(config_routes());
  add(security_routes());
  add(health_routes());
  add(metrics_routes());
  add(alerts_routes());
  add(shippers_routes());
  add(logs_routes());
  add(mode_routes());
  add(vault_routes());
  add(tokens_routes());
  add(timeline_routes());
  add(dashboard_routes());
  add(docs_routes(all, std::string{version}));
  return all;
}

}  // namespace closedpaw::http
