#include "http/cli/operate.hpp"

#include <algorithm>
#include <cstdio>
#include <thread>

#include "http/cli/daemon_client.hpp"
#include "http/cli/lists_text.hpp"
#include "http/cli/operator_text.hpp"

namespace closedpaw::cli {

namespace {

constexpr int refused = 1;
constexpr int unreachable = 3;
constexpr int degraded = 4;
constexpr std::chrono::seconds tail_interval{1};

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

std::string with_query(std::string path,
                       const std::map<std::string, std::string>& filters) {
  for (const auto& [name, value] : filters)
    path += (path.find('?') == std::string::npos ? "?" : "&") + name + "=" +
            url_encoded(value);
  return path;
}

/// Everything that is asked of one daemon.
class operating {
 public:
  operating(const operate_options& options, const std::string& url)
      : options_{options}, daemon_{url} {}

  int run();

 private:
  int status();
  int tree();
  template <class ToText>
  int show(const std::string& path, ToText to_text);
  int decide(bool approved);
  int query();
  int export_all();
  int tail();
  void print_event(const json& x) const {
    print(options_.as_json || options_.what == operation_of_daemon::export_audit
              ? dump(x) + "\n"
              : event_text(x));
  }

  const operate_options& options_;
  daemon_client daemon_;
};

template <class ToText>
int operating::show(const std::string& path, ToText to_text) {
  const auto answer = daemon_.get(path);
  if (!answer)
    return tell(answer.error());
  if (options_.as_json)
    print(*answer);
  else
    print(to_text(*answer));
  return 0;
}

int operating::status() {
  const auto status = daemon_.get("/api/status");
  if (!status)
    return tell(status.error());
  const auto alerts = daemon_.get("/api/alerts");
  if (!alerts)
    return tell(alerts.error());
  if (options_.as_json)
    print(json{{"status", *status}, {"alerts", *alerts}});
  else
    print(status_text(*status, *alerts, system_now()));
  const auto causes = status->find("degraded_because");
  return causes != status->end() && !causes->empty() ? degraded : 0;
}

int operating::tree() {
  if (options_.as_json)
    return show("/api/supervision", [](const json& x) { return dump(x); });
  const auto text = daemon_.get_text("/api/supervision?format=text");
  if (!text)
    return tell(text.error());
  print(*text);
  return 0;
}

int operating::decide(bool approved) {
  const auto path = "/api/actions/" + url_encoded(options_.id);
  const auto answer = daemon_.post(path + "/approve", {{"approved", approved}});
  if (!answer)
    return tell(answer.error());
  return show(path, action_text);
}

int operating::query() {
  const auto found =
      daemon_.get(with_query("/api/audit-logs", options_.filters));
  if (!found)
    return tell(found.error());
  for (const auto& x : *found)
    print_event(x);
  return 0;
}

int operating::export_all() {
  auto filters = options_.filters;
  filters.try_emplace("limit", "1000");
  auto path = with_query("/api/audit-logs", filters);
  while (!path.empty()) {
    const auto page = daemon_.get_page(path);
    if (!page)
      return tell(page.error());
    for (const auto& x : page->items)
      print_event(x);
    path = options_.filters.contains("limit") ? "" : page->next;
  }
  return 0;
}

// From the newest on; a page that is behind is caught up with.
int operating::tail() {
  auto filters = options_.filters;
  filters.try_emplace("limit", "10");
  std::optional<std::uint64_t> last;
  for (;;) {
    if (last) {
      filters["after"] = std::to_string(*last);
      filters["limit"] = "1000";
    }
    std::vector<json> fresh;
    for (auto path = with_query("/api/audit-logs", filters); !path.empty();) {
      auto page = daemon_.get_page(path);
      if (!page)
        return tell(page.error());
      fresh.insert(fresh.end(), page->items.begin(), page->items.end());
      path = last ? page->next : "";
    }
    std::for_each(fresh.rbegin(), fresh.rend(), [&](const json& x) {
      print_event(x);
      last = x.value("sequence", std::uint64_t{0});
    });
    std::fflush(stdout);
    std::this_thread::sleep_for(tail_interval);
  }
}

int operating::run() {
  const auto now = system_now();
  const auto aged = [now](std::string (*to_text)(const json&, timestamp)) {
    return [now, to_text](const json& x) { return to_text(x, now); };
  };
  switch (options_.what) {
    case operation_of_daemon::status:
      return status();
    case operation_of_daemon::tree:
      return tree();
    case operation_of_daemon::alerts:
      return show("/api/alerts", aged(alerts_text));
    case operation_of_daemon::providers:
      return show("/api/providers/health?detail=true", aged(providers_text));
    case operation_of_daemon::channels:
      return show("/api/channels?detail=true", aged(channels_text));
    case operation_of_daemon::agents:
      return show("/api/agents", aged(agents_text));
    case operation_of_daemon::list_actions:
      return show(with_query("/api/actions", options_.filters),
                  aged(actions_text));
    case operation_of_daemon::show_action:
      return show("/api/actions/" + url_encoded(options_.id), action_text);
    case operation_of_daemon::approve:
      return decide(true);
    case operation_of_daemon::reject:
      return decide(false);
    case operation_of_daemon::query_audit:
      return query();
    case operation_of_daemon::export_audit:
      return export_all();
    case operation_of_daemon::tail_audit:
      return tail();
  }
  return refused;
}

}  // namespace

int run_operate(const operate_options& options, const std::string& url) {
  return operating{options, url}.run();
}

}  // namespace closedpaw::cli
