#include "messages/model/sandbox.hpp"

#include <array>
#include <functional>

namespace closedpaw {

namespace {

template <class T>
void put(json& to, const char* name, const std::optional<T>& from) {
  to[name] = from ? json(*from) : json();
}

failure bad(const std::string& name, const std::string& expected) {
  return {
      errc::bad_request, "limits." + name + ": expected " + expected, {}, {}};
}

/// Reads a whole number within bounds.
template <class T>
result<void> read_whole(const json& x, const std::string& name, T least, T most,
                        T& to) {
  const auto wanted = "a whole number from " + std::to_string(least) + " to " +
                      std::to_string(most);
  if (!x.is_number_integer() || x.get<std::int64_t>() < 0)
    return bad(name, wanted);
  const auto value = x.get<std::uint64_t>();
  if (value < least || value > most)
    return bad(name, wanted);
  to = static_cast<T>(value);
  return {};
}

result<void> read_limit(const std::string& name, const json& x,
                        sandbox_limits& to) {
  constexpr std::uint64_t mib = std::uint64_t{1} << 20;
  if (name == "memory_bytes")
    return read_whole(x, name, 8 * mib, 65'536 * mib, to.memory_bytes);
  if (name == "processes")
    return read_whole(x, name, std::uint32_t{4}, std::uint32_t{4'096},
                      to.processes);
  if (name == "disk_bytes")
    return read_whole(x, name, mib, 65'536 * mib, to.disk_bytes);
  if (name == "output_bytes")
    return read_whole(x, name, std::uint64_t{1'024}, 64 * mib, to.output_bytes);
  if (name == "wall_ms") {
    std::uint64_t ms = 0;
    auto done =
        read_whole(x, name, std::uint64_t{100}, std::uint64_t{3'600'000}, ms);
    to.wall = std::chrono::milliseconds{ms};
    return done;
  }
  if (name == "cpus") {
    if (!x.is_number() || x.get<double>() < 0.01 || x.get<double>() > 1'024)
      return bad(name, "a number from 0.01 to 1024");
    to.cpus = x.get<double>();
    return {};
  }
  if (name == "network") {
    if (!x.is_boolean())
      return bad(name, "true or false");
    to.network = x.get<bool>();
    return {};
  }
  return failure{errc::bad_request,
                 "limits." + name +
                     ": unknown; there are memory_bytes, cpus, processes, "
                     "disk_bytes, wall_ms, output_bytes, network",
                 {},
                 {}};
}

}  // namespace

json to_json(const sandbox_limits& x) {
  return {{"memory_bytes", x.memory_bytes},
          {"cpus", x.cpus},
          {"processes", x.processes},
          {"disk_bytes", x.disk_bytes},
          {"wall_ms", x.wall.count()},
          {"output_bytes", x.output_bytes},
          {"network", x.network}};
}

result<sandbox_limits> sandbox_limits_from(const json& given,
                                           sandbox_limits defaults) {
  if (given.is_null())
    return defaults;
  if (!given.is_object())
    return failure{errc::bad_request, "limits: expected an object", {}, {}};
  for (const auto& [name, value] : given.items())
    if (auto done = read_limit(name, value, defaults); !done)
      return done.error();
  return defaults;
}

std::string_view to_string(agent_state x) {
  constexpr std::array<std::string_view, 7> names{
      "pending",  "creating", "running", "paused",
      "stopping", "stopped",  "error"};
  return names.at(static_cast<std::size_t>(x));
}

std::string_view to_string(end_cause x) {
  constexpr std::array<std::string_view, 10> names{
      "exited",       "signalled",  "out_of_memory", "wall_time",
      "output_limit", "disk_limit", "stopped",       "killed",
      "start_failed", "abandoned"};
  return names.at(static_cast<std::size_t>(x));
}

const char* limit_of(end_cause x) {
  switch (x) {
    case end_cause::out_of_memory:
      return "memory_bytes";
    case end_cause::wall_time:
      return "wall_ms";
    case end_cause::output_limit:
      return "output_bytes";
    case end_cause::disk_limit:
      return "disk_bytes";
    default:
      return nullptr;
  }
}

json to_json(const sandbox_usage& x) {
  auto out = json::object();
  put(out, "cpu_seconds", x.cpu_seconds);
  put(out, "memory_bytes", x.memory_bytes);
  put(out, "memory_peak_bytes", x.memory_peak_bytes);
  put(out, "tmpfs_bytes", x.tmpfs_bytes);
  put(out, "processes", x.processes);
  put(out, "processes_refused", x.processes_refused);
  put(out, "oom_kills", x.oom_kills);
  put(out, "throttled", x.throttled);
  put(out, "workspace_bytes", x.workspace_bytes);
  put(out, "connections", x.connections);
  put(out, "connections_refused", x.connections_refused);
  put(out, "sent_bytes", x.sent_bytes);
  put(out, "received_bytes", x.received_bytes);
  return out;
}

json to_json(const sandbox_end& x) {
  json out{{"cause", to_string(x.cause)}, {"why", x.why}};
  put(out, "exit_code", x.exit_code);
  put(out, "signal", x.signal);
  out["limits_met"] = x.limits_met;
  out["usage"] = to_json(x.usage);
  return out;
}

json to_json(const agent_view& x) {
  json out{{"id", to_string(x.id)},
           {"skill_id", x.skill_id},
           {"state", to_string(x.state)},
           {"runtime", x.runtime},
           {"limits", to_json(x.limits)},
           {"usage", to_json(x.usage)},
           {"created_at", to_iso8601(x.created_at)},
           {"requests", x.requests},
           {"busy", x.busy}};
  out["started_at"] = x.started_at ? json(to_iso8601(*x.started_at)) : json();
  out["ended_at"] = x.ended_at ? json(to_iso8601(*x.ended_at)) : json();
  out["end"] = x.end ? to_json(*x.end) : json();
  out["action_id"] = x.action_id ? json(to_string(*x.action_id)) : json();
  return out;
}

json to_json(const isolation_report& x) {
  auto runtimes = json::array();
  for (const auto& r : x.runtimes) {
    json one{{"name", r.name},
             {"installed", r.installed},
             {"version", r.version},
             {"works", r.works},
             {"tried_at", to_iso8601(r.tried_at)}};
    one["why_not"] = r.why_not.empty() ? json() : json(r.why_not);
    auto limits = json::object();
    for (const char* name : {"memory_bytes", "cpus", "processes", "disk_bytes",
                             "wall_ms", "output_bytes", "network"})
      limits[name] = r.works;
    for (const auto& [name, why] : x.unenforced)
      limits[name] = false;
    one["enforces"] = std::move(limits);
    runtimes.push_back(std::move(one));
  }
  auto unenforced = json::object();
  for (const auto& [name, why] : x.unenforced)
    unenforced[name] = why;
  return {{"runtimes", std::move(runtimes)},
          {"chosen", x.chosen.empty() ? json() : json(x.chosen)},
          {"accounting", x.accounting},
          {"unenforced", std::move(unenforced)},
          // Neither a quota nor nothing.
          {"measured",
           {{"disk_bytes",
             "/tmp, /dev/shm and each file are bounded by the kernel; the "
             "workspace is measured at least every half second, and who has "
             "written more is ended"}}}};
}

}  // namespace closedpaw
