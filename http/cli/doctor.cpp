#include "http/cli/doctor.hpp"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "http/cli/daemon_client.hpp"

namespace closedpaw::cli {

namespace {

place_facts look_at(std::string path) {
  place_facts out;
  out.path = std::move(path);
  struct stat x {};
  if (::stat(out.path.c_str(), &x) != 0)
    return out;
  out.exists = true;
  out.mode = x.st_mode & 07777U;
  out.ours = x.st_uid == geteuid();
  return out;
}

void look_at_disk(doctor_facts& facts) {
  // Of the nearest folder that there is.
  auto path = facts.data_dir.path;
  struct statvfs x {};
  while (::statvfs(path.c_str(), &x) != 0) {
    const auto slash = path.rfind('/');
    if (slash == std::string::npos || path == "/")
      return;
    path.resize(std::max<std::size_t>(slash, 1));
  }
  facts.disk_free = std::uint64_t{x.f_bavail} * x.f_frsize;
  facts.disk_size = std::uint64_t{x.f_blocks} * x.f_frsize;
}

bool is_clock_synchronized() {
  timex x{};
  return adjtimex(&x) != TIME_ERROR;
}

void look_at_files(doctor_facts& facts, const std::string& data_dir) {
  facts.data_dir = look_at(data_dir);
  facts.vault_key = look_at(data_dir + "/vault.key");
  look_at_disk(facts);
}

/// /readyz says it part by part.
failure what_is_not_ready(const failure& why) {
  auto out = why;
  const auto body = why.extra.find("body");
  if (body == why.extra.end() || !body->is_object() ||
      !body->contains("parts") || !(*body)["parts"].is_object())
    return out;
  out.message.clear();
  for (const auto& [name, state] : (*body)["parts"].items())
    if (state.is_string() && state != "ok")
      out.message += (out.message.empty() ? "" : "; ") + name + ": " +
                     state.get<std::string>();
  return out;
}

json answer_or_null(daemon_client& daemon, const char* path) {
  auto got = daemon.get(path);
  return got ? std::move(*got) : json{};
}

void ask_daemon(doctor_facts& facts, const daemon_address& where) {
  daemon_client daemon{where};
  auto status = daemon.get("/api/status");
  if (!status) {
    facts.no_daemon = status.error();
    return;
  }
  facts.status = std::move(*status);
  if (const auto ready = daemon.get("/readyz"); !ready)
    facts.not_ready = what_is_not_ready(ready.error());
  // What runs may have been told another place.
  if (const auto paths = daemon.get("/api/paths"); paths && paths->is_object())
    look_at_files(facts, paths->value("data", facts.data_dir.path));
  facts.alerts = answer_or_null(daemon, "/api/alerts?state=firing");
  facts.vault = answer_or_null(daemon, "/api/vault");
  facts.isolation = answer_or_null(daemon, "/api/agents/runtimes");
  facts.providers = answer_or_null(daemon, "/api/providers/health?detail=true");
  facts.channels = answer_or_null(daemon, "/api/channels?detail=true");
  auto newest = answer_or_null(daemon, "/api/audit-logs?limit=1");
  if (newest.is_array() && !newest.empty())
    facts.newest_event = std::move(newest[0]);
}

json to_json(const finding& x) {
  constexpr const char* names[] = {"ok", "warning", "broken"};
  return {{"level", names[static_cast<int>(x.level)]},
          {"about", x.about},
          {"text", x.text},
          {"advice", x.advice.empty() ? json{} : json(x.advice)}};
}

}  // namespace

int run_doctor(const doctor_options& options,
               const result<config::loaded_config>& loaded,
               const daemon_address& where) {
  doctor_facts facts;
  facts.url = where.url;
  if (loaded) {
    facts.config_warnings = loaded->warnings;
    look_at_files(facts, loaded->values.storage.data_dir);
  } else {
    facts.bad_config = loaded.error();
  }
  facts.clock_synchronized = is_clock_synchronized();
  if (!where.url.empty())
    ask_daemon(facts, where);
  const auto found = diagnose(facts, system_now());
  std::string text;
  if (options.as_json) {
    auto list = json::array();
    for (const auto& x : found)
      list.push_back(to_json(x));
    text = list.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
  } else {
    text = findings_text(found);
  }
  std::fwrite(text.data(), 1, text.size(), stdout);
  const auto worst = std::ranges::max(found, {}, &finding::level).level;
  constexpr int broken = 1;
  constexpr int warned = 4;
  return worst == finding_level::broken    ? broken
         : worst == finding_level::warning ? warned
                                           : 0;
}

}  // namespace closedpaw::cli
