#include <algorithm>
#include <array>

#include "http/cli/doctor.hpp"
#include "http/routes/inert_text.hpp"

namespace closedpaw::cli {

namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20;
constexpr std::uint64_t least_free = 512 * mib;

/// Collects findings about one thing at a time.
class findings {
 public:
  void ok(std::string about, std::string text) {
    add(finding_level::ok, std::move(about), std::move(text), {});
  }
  void warn(std::string about, std::string text, std::string advice) {
    add(finding_level::warning, std::move(about), std::move(text),
        std::move(advice));
  }
  void broken(std::string about, std::string text, std::string advice) {
    add(finding_level::broken, std::move(about), std::move(text),
        std::move(advice));
  }
  std::vector<finding> take() { return std::move(all_); }

 private:
  void add(finding_level level, std::string about, std::string text,
           std::string advice) {
    all_.push_back(
        {level, std::move(about), std::move(text), std::move(advice)});
  }

  std::vector<finding> all_;
};

std::string text_at(const json& x, const char* key) {
  const auto it = x.is_object() ? x.find(key) : x.end();
  return it != x.end() && it->is_string() ? it->get<std::string>()
                                          : std::string{};
}

const json& member(const json& x, const char* key) {
  static const json none;
  const auto it = x.is_object() ? x.find(key) : x.end();
  return it != x.end() ? *it : none;
}

void configuration(const doctor_facts& f, findings& out) {
  if (f.bad_config) {
    out.broken("configuration", f.bad_config->message,
               "repair the file; config/closedpaw.toml explains each setting");
    return;
  }
  for (const auto& w : f.config_warnings)
    out.warn("configuration", w, "see GET /api/config");
  if (f.config_warnings.empty())
    out.ok("configuration", "loads");
}

void files(const doctor_facts& f, findings& out) {
  if (f.bad_config)
    return;
  const auto& dir = f.data_dir;
  if (!dir.exists)
    out.warn("data", dir.path + " is not there yet",
             "the first start makes it; if there was one, see "
             "storage.data_dir and --data-dir");
  else if ((dir.mode & 077U) != 0)
    out.broken("data", dir.path + " is open to others", "chmod 700 it");
  else if (!dir.ours)
    out.warn("data", dir.path + " belongs to another user",
             "run this as the user who runs the daemon, to see what it sees");
  else
    out.ok("data", dir.path + " is ours alone");
}

/// The daemon knows; without it only the key's file can be looked at.
void vault(const doctor_facts& f, findings& out) {
  if (f.bad_config)
    return;
  const auto& key = f.vault_key;
  if (key.exists && (key.mode & 077U) != 0)
    out.broken("vault", key.path + " can be read by others", "chmod 600 it");
  if (!f.vault.is_object() && f.status.is_object()) {
    out.broken("vault", "the daemon does not tell how it is",
               "closedpaw tree shows root/storage/vault_keeper");
    return;
  }
  if (!f.vault.is_object()) {
    if (f.data_dir.exists && !key.exists)
      out.warn("vault", key.path + " is missing",
               "right where the key comes from a passphrase or from the "
               "service manager; else put it back from where it is kept: "
               "without it no stored key or token can be read");
    else if (key.exists && (key.mode & 077U) == 0)
      out.ok("vault", "the key file is there, and for its owner alone");
    return;
  }
  if (text_at(f.vault, "state") != "unlocked") {
    out.broken("vault", "it is locked: " + text_at(f.vault, "why"),
               "closedpaw vault unlock");
    return;
  }
  std::size_t known = 0;
  if (const auto all = f.vault.find("secrets"); all != f.vault.end())
    for (const auto& x : *all) {
      ++known;
      if (x.value("readable", json()) != json(true))
        out.broken("vault", text_at(x, "name") + " cannot be read",
                   "store it again: closedpaw vault set " + text_at(x, "name"));
    }
  out.ok("vault",
         "open, with " + std::to_string(known) +
             " secrets; its key comes from: " + text_at(f.vault, "source"));
}

void disk(const doctor_facts& f, findings& out) {
  if (f.bad_config || f.disk_size == 0)
    return;
  const auto text = std::to_string(f.disk_free / mib) + " MiB of " +
                    std::to_string(f.disk_size / mib) + " MiB are free";
  if (f.disk_free < least_free)
    out.broken("disk", text,
               "make room: without it nothing can be recorded, and so nothing "
               "is done");
  else if (f.disk_free < f.disk_size / 20)
    out.warn("disk", text, "make room soon");
  else
    out.ok("disk", text);
}

void clock(const doctor_facts& f, timestamp now, findings& out) {
  const auto newest = parse_iso8601(text_at(f.newest_event, "timestamp"));
  if (newest && *newest > now + std::chrono::seconds{5})
    out.broken("clock",
               "the newest event of the audit log is in the future (" +
                   to_iso8601(*newest) + "Z)",
               "the clock was set back; events keep that time until it is "
               "reached");
  else if (!f.clock_synchronized)
    out.warn("clock", "the kernel does not know the clock to be synchronized",
             "run a time service such as chrony or systemd-timesyncd");
  else
    out.ok("clock", "is synchronized");
}

/// False where nobody is there to be asked.
bool port(const doctor_facts& f, findings& out) {
  if (f.url.empty())
    return false;
  if (!f.no_daemon) {
    out.ok("port", "a daemon of version " + text_at(f.status, "version") +
                       " answers at " + f.url);
    return true;
  }
  if (f.no_daemon->code == errc::unreachable)
    out.broken("port",
               "no daemon answers at " + f.url + ": " + f.no_daemon->message,
               "start it (closedpaw serve), or name another address (--url)");
  else
    out.broken("port", f.url + " answers otherwise: " + f.no_daemon->message,
               "see which program listens there (ss -ltnp)");
  return false;
}

void readiness(const doctor_facts& f, findings& out) {
  if (f.not_ready)
    out.broken("readiness", "it takes no actions on: " + f.not_ready->message,
               "see GET /readyz and closedpaw tree");
  else
    out.ok("readiness", "storage, orchestrator and gateway work end to end");
  const auto& causes = member(f.status, "degraded_because");
  for (const auto& cause : causes)
    if (cause.is_string())
      out.warn("degraded", cause.get<std::string>(), {});
}

void alerts(const doctor_facts& f, findings& out) {
  const auto& all = member(f.alerts, "alerts");
  std::size_t told = 0;
  for (const auto& a : all) {
    if (!text_at(a, "inhibited_by").empty())
      continue;
    ++told;
    out.warn("alert " + text_at(a, "rule"), text_at(a, "summary"),
             text_at(a, "runbook"));
  }
  if (told == 0 && all.is_array())
    out.ok("alerts", "none fires");
}

void isolation(const doctor_facts& f, findings& out) {
  const auto chosen = text_at(f.isolation, "chosen");
  if (!chosen.empty()) {
    out.ok("sandboxes", "are made by " + chosen);
    return;
  }
  std::string why;
  for (const auto& r : member(f.isolation, "runtimes")) {
    const auto it = r.find("installed");
    const bool installed = it != r.end() && it->is_boolean() && it->get<bool>();
    why += (why.empty() ? "" : "; ") + text_at(r, "name") + ": " +
           (installed ? text_at(r, "why_not") : "not installed");
  }
  out.broken("sandboxes", "no isolation works: " + why,
             "install bubblewrap, runc or gVisor, then POST "
             "/api/agents/runtimes/check");
}

/// Of providers or channels: each that does not work, and why.
void services(const json& all, const char* kind, findings& out) {
  if (!all.is_object())
    return;
  for (const auto& [name, x] : all.items()) {
    const auto state = text_at(x, "state");
    const auto about = std::string{kind} + " " + name;
    constexpr std::array<std::string_view, 5> fine{
        "healthy", "connected", "quiet", "stopped", "disabled"};
    if (std::ranges::find(fine, state) != fine.end()) {
      out.ok(about, state);
      continue;
    }
    auto why = text_at(x, "why");
    if (why.empty())
      why = text_at(member(x, "last_error"), "message");
    out.broken(about, state + (why.empty() ? "" : ": " + why), {});
  }
}

}  // namespace

std::vector<finding> diagnose(const doctor_facts& f, timestamp now) {
  findings out;
  configuration(f, out);
  files(f, out);
  vault(f, out);
  disk(f, out);
  clock(f, now, out);
  if (port(f, out)) {
    readiness(f, out);
    isolation(f, out);
    services(f.providers, "provider", out);
    services(member(f.channels, "channels"), "channel", out);
    alerts(f, out);
  }
  return out.take();
}

std::string findings_text(const std::vector<finding>& all) {
  std::string out;
  for (const auto& x : all) {
    const char* mark = x.level == finding_level::ok        ? "ok      "
                       : x.level == finding_level::warning ? "WARNING "
                                                           : "BROKEN  ";
    out += mark + http::inert(x.about) + ": " + http::inert(x.text) + "\n";
    if (!x.advice.empty())
      out += "        -> " + http::inert(x.advice) + "\n";
  }
  return out;
}

}  // namespace closedpaw::cli
