#include "http/cli/operate.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "http/cli/console.hpp"
#include "http/cli/daemon_client.hpp"
#include "http/cli/lists_text.hpp"
#include "http/cli/operator_text.hpp"

namespace closedpaw::cli {

namespace {

constexpr std::chrono::seconds tail_interval{1};

std::string with_query(std::string path,
                       const std::map<std::string, std::string>& filters) {
  for (const auto& [name, value] : filters)
    path += (path.find('?') == std::string::npos ? "?" : "&") + name + "=" +
            url_encoded(value);
  return path;
}

/// Prints the lines of an export, and keeps where the next one begins.
class export_reader {
 public:
  explicit export_reader(std::map<std::string, std::string>& filters)
      : filters_{filters} {}

  bool take(std::string_view line) {
    if (line.empty())
      return true;
    const auto x = parse_json(line);
    if (x && x->is_object() && x->contains("sequence")) {
      print(std::string{line} + "\n");
      std::fflush(stdout);
      filters_["after"] = dump((*x)["sequence"]);
      return !count_down();
    }
    // Half a line may be followed by what became of the rest.
    trouble_ = x && x->is_object() ? x->value("detail", "") : "half a line";
    return true;
  }
  /// As many as were asked for.
  bool is_enough() const { return enough_; }
  const std::string& trouble() const { return trouble_; }

 private:
  bool count_down() {
    const auto limit = filters_.find("limit");
    if (limit == filters_.end())
      return false;
    const auto left = std::strtoull(limit->second.c_str(), nullptr, 10);
    enough_ = left <= 1;
    limit->second = std::to_string(left - 1);
    return enough_;
  }

  std::map<std::string, std::string>& filters_;
  bool enough_ = false;
  std::string trouble_;
};

/// What the daemon refuses it will refuse again, unless it says when not to.
bool may_pass(const result<void>& done) {
  if (done || !done.error().extra.is_object())
    return true;
  const auto status = done.error().extra.value("status", 0U);
  return status / 100 != 4 || status == 408 || status == 429;
}

/// Everything that is asked of one daemon.
class operating {
 public:
  operating(const operate_options& options, const daemon_address& where)
      : options_{options}, daemon_{where} {}

  int run();

 private:
  int status();
  int tree();
  int watch_tree();
  template <class ToText>
  int show(const std::string& path, ToText to_text);
  int decide(bool approved);
  int query();
  int export_all();
  int logs();
  int raise_level();
  int change_mode(const char* path);
  int wait_until_idle();
  int tail();
  void print_event(const json& x) const {
    print(options_.as_json ? dump(x) + "\n" : event_text(x));
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
  return causes != status->end() && !causes->empty() ? exit_degraded : 0;
}

int operating::tree() {
  if (options_.follow)
    return watch_tree();
  if (options_.as_json)
    return show("/api/supervision", [](const json& x) { return dump(x); });
  const auto text = daemon_.get_text("/api/supervision?format=text");
  if (!text)
    return tell(text.error());
  print(*text);
  return 0;
}

// Over the last one on a terminal; one after the other elsewhere.
int operating::watch_tree() {
  for (;;) {
    const auto text = daemon_.get_text("/api/supervision?format=text");
    if (isatty(STDOUT_FILENO) != 0)
      print(std::string{"\x1b[H\x1b[2J"});
    // A daemon that restarts is waited for.
    if (!text && text.error().code != errc::unreachable)
      return tell(text.error());
    print(text ? *text : text.error().message + "\n");
    std::fflush(stdout);
    std::this_thread::sleep_for(tail_interval);
  }
}

int operating::logs() {
  auto filters = options_.filters;
  std::string run;
  for (;;) {
    const auto found = daemon_.get(with_query("/api/logs", filters));
    if (!found && !(options_.follow && found.error().code == errc::unreachable))
      return tell(found.error());
    // Another run of the daemon counts its lines anew.
    const auto of_run = found ? found->value("run", "") : run;
    if (!run.empty() && of_run != run) {
      run = of_run;
      filters["after"] = "0";
      continue;
    }
    run = of_run;
    for (const auto& x : found ? found->at("lines") : json::array()) {
      print(options_.as_json ? dump(x) + "\n" : log_line_text(x));
      filters["after"] = dump(x.at("number"));
      filters.erase("limit");
    }
    if (!options_.follow)
      return 0;
    std::fflush(stdout);
    std::this_thread::sleep_for(tail_interval);
  }
}

int operating::raise_level() {
  const auto answer = daemon_.post(
      with_query("/api/logs/level", options_.filters), json::object());
  if (!answer)
    return tell(answer.error());
  if (options_.as_json)
    print(*answer);
  else
    print(answer->value("component", "") + " logs " +
          answer->value("level", "") + " until " + answer->value("until", "") +
          "\n");
  return 0;
}

int operating::change_mode(const char* path) {
  const auto answer =
      daemon_.post(with_query(path, options_.filters), json::object());
  if (!answer)
    return tell(answer.error());
  if (options_.as_json)
    print(*answer);
  else
    print(mode_text(*answer));
  std::fflush(stdout);
  return options_.what == operation_of_daemon::drain && options_.wait
             ? wait_until_idle()
             : 0;
}

int operating::wait_until_idle() {
  for (;;) {
    const auto status = daemon_.get("/api/status");
    if (!status)
      return tell(status.error());
    if (status->value("mode", "") != "draining")
      return tell({errc::conflict,
                   "it is drained no longer: mode " +
                       status->value("mode", std::string{"?"}),
                   {},
                   {}});
    // Commands in agents are no actions.
    const auto agents = daemon_.get("/api/agents");
    if (!agents)
      return tell(agents.error());
    const auto running = status->value("executing_actions", std::int64_t{0});
    const auto busy = std::ranges::count_if(
        *agents, [](const json& x) { return x.value("busy", false); });
    if (running == 0 && busy == 0)
      return 0;
    std::fprintf(stderr,
                 "closedpaw: %lld actions still run, %lld agents are busy\n",
                 static_cast<long long>(running), static_cast<long long>(busy));
    std::this_thread::sleep_for(tail_interval);
  }
}

int operating::decide(bool approved) {
  const auto path = "/api/actions/" + url_encoded(options_.id);
  json body{{"approved", approved}};
  if (const auto given = options_.filters.find("confirm");
      given != options_.filters.end()) {
    body["confirm"] = given->second;
  } else if (approved) {
    const auto seen = daemon_.get(path);
    if (!seen)
      return tell(seen.error());
    // What is confirmed is what was seen.
    std::fputs(action_text(*seen).c_str(), stderr);
    if (!agreed("Approve it?"))
      return tell({errc::conflict, "not approved; it still waits", {}, {}});
    body["confirm"] = seen->value("digest", "");
  }
  auto answer = daemon_.post(path + "/approve", body);
  if (!answer && wants_owner_secret(answer.error())) {
    const auto said = read_secret("Owner secret", false);
    if (!said)
      return tell(said.error());
    body["owner_secret"] = said->reveal();
    answer = daemon_.post(path + "/approve", body);
  }
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

// As lines of JSON. A stream that breaks is taken up behind its last event.
int operating::export_all() {
  auto filters = options_.filters;
  if (options_.follow)
    filters["follow"] = "true";
  for (;;) {
    export_reader reader{filters};
    const auto done =
        daemon_.read_lines(with_query("/api/audit-logs/export", filters),
                           [&](std::string_view x) { return reader.take(x); });
    if (reader.is_enough())
      return 0;
    if (options_.follow && may_pass(done)) {
      std::this_thread::sleep_for(tail_interval);
      continue;
    }
    if (!reader.trouble().empty())
      return tell({errc::upstream_failed, reader.trouble(), {}, {}});
    return done ? 0 : tell(done.error());
  }
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
    case operation_of_daemon::shippers:
      return show("/api/shippers", aged(shippers_text));
    case operation_of_daemon::logs:
      return logs();
    case operation_of_daemon::raise_level:
      return raise_level();
    case operation_of_daemon::paths:
      return show("/api/paths", paths_text);
    case operation_of_daemon::drain:
      return change_mode("/api/drain");
    case operation_of_daemon::panic:
      return change_mode("/api/panic");
    case operation_of_daemon::resume:
      return change_mode("/api/resume");
  }
  return exit_refused;
}

}  // namespace

int run_operate(const operate_options& options, const daemon_address& where) {
  return operating{options, where}.run();
}

}  // namespace closedpaw::cli
