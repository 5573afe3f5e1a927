#include "http/cli/operate.hpp"

#include <cstdio>

#include "http/cli/daemon_client.hpp"
#include "http/cli/operator_text.hpp"

namespace closedpaw::cli {

namespace {

constexpr int refused = 1;
constexpr int unreachable = 3;
constexpr int degraded = 4;

int tell(const failure& why) {
  std::fprintf(stderr, "closedpaw: %s\n", why.message.c_str());
  return why.code == errc::unreachable ? unreachable : refused;
}

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

void print(const json& x) {
  print(x.dump(2, ' ', false, json::error_handler_t::replace) + "\n");
}

int show_status(daemon_client& daemon, bool as_json) {
  auto status = daemon.get("/api/status");
  if (!status)
    return tell(status.error());
  auto alerts = daemon.get("/api/alerts");
  if (!alerts)
    return tell(alerts.error());
  if (as_json)
    print(json{{"status", *status}, {"alerts", (*alerts)["alerts"]}});
  else
    print(status_text(*status, *alerts, system_now()));
  const auto causes = status->find("degraded_because");
  return causes != status->end() && !causes->empty() ? degraded : 0;
}

int show_tree(daemon_client& daemon, bool as_json) {
  if (as_json) {
    auto tree = daemon.get("/api/supervision");
    if (!tree)
      return tell(tree.error());
    print(*tree);
    return 0;
  }
  auto text = daemon.get_text("/api/supervision?format=text");
  if (!text)
    return tell(text.error());
  print(*text);
  return 0;
}

int show_alerts(daemon_client& daemon, bool as_json) {
  auto alerts = daemon.get("/api/alerts");
  if (!alerts)
    return tell(alerts.error());
  if (as_json)
    print(*alerts);
  else
    print(alerts_text(*alerts, system_now()));
  return 0;
}

}  // namespace

int run_operate(const operate_options& options, const std::string& url) {
  daemon_client daemon{url};
  switch (options.what) {
    case operation_of_daemon::status:
      return show_status(daemon, options.as_json);
    case operation_of_daemon::tree:
      return show_tree(daemon, options.as_json);
    case operation_of_daemon::alerts:
      return show_alerts(daemon, options.as_json);
  }
  return refused;
}

}  // namespace closedpaw::cli
