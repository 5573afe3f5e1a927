#include "actors/monitoring/metrics/process_families.hpp"

#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <fstream>

namespace closedpaw::monitoring {

namespace {

/// The fields of /proc/self/stat after the command's name, which may contain
/// anything: the first is number 3 of proc(5).
std::vector<std::string> stat_fields() {
  std::ifstream in{"/proc/self/stat"};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  std::vector<std::string> out;
  const auto end = text.rfind(')');
  if (end == std::string::npos)
    return out;
  std::size_t at = end + 2;
  while (at < text.size()) {
    const auto space = std::min(text.find(' ', at), text.size());
    out.push_back(text.substr(at, space - at));
    at = space + 1;
  }
  return out;
}

double boot_time() {
  std::ifstream in{"/proc/stat"};
  std::string word;
  while (in >> word)
    if (double value = 0; word == "btime" && in >> value)
      return value;
  return 0;
}

void add_one(families& out, family f, double value) {
  f.add({}, value);
  std::move(f).to(out);
}

void add_descriptors(families& out) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return;
  const auto most = static_cast<double>(limit.rlim_cur);
  std::error_code error;
  double open = 0;
  for (std::filesystem::directory_iterator at{"/proc/self/fd", error}, end;
       !error && at != end; at.increment(error))
    ++open;
  // The list itself needs one, and is among what it lists.
  if (error == std::errc::too_many_files_open)
    open = most;
  else if (error || open == 0)
    return;
  else
    --open;
  add_one(out, family::gauge("process_open_fds", "Open file descriptors"),
          open);
  add_one(out, family::gauge("process_max_fds", "Most file descriptors"), most);
}

}  // namespace

void add_process(families& out) {
  const auto fields = stat_fields();
  const auto at = [&fields](std::size_t number) {
    return std::stod(fields.at(number - 3));
  };
  if (fields.size() > 24 - 3) {
    static const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    static const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
    static const double booted = boot_time();
    add_one(out,
            family::counter("process_cpu_seconds_total",
                            "Processor time, user and system"),
            (at(14) + at(15)) / ticks);
    add_one(out, family::gauge("process_threads", "Threads"), at(20));
    add_one(
        out,
        family::gauge("process_start_time_seconds", "When the process began"),
        booted + at(22) / ticks);
    add_one(out,
            family::gauge("process_virtual_memory_bytes", "Virtual memory"),
            at(23));
    add_one(out,
            family::gauge("process_resident_memory_bytes", "Resident memory"),
            at(24) * page);
  }
  add_descriptors(out);
}

void add_disk(const std::filesystem::path& directory, families& out) {
  struct statvfs x {};
  if (statvfs(directory.c_str(), &x) != 0)
    return;
  const auto unit = static_cast<double>(x.f_frsize);
  add_one(out,
          family::gauge("closedpaw_disk_size_bytes",
                        "Of the file system with the data directory"),
          unit * static_cast<double>(x.f_blocks));
  add_one(out,
          family::gauge("closedpaw_disk_free_bytes",
                        "What we may still fill of it"),
          unit * static_cast<double>(x.f_bavail));
}

}  // namespace closedpaw::monitoring
