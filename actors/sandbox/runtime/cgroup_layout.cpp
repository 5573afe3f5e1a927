#include "actors/sandbox/runtime/cgroup_layout.hpp"

#include <array>
#include <sstream>
#include <vector>

namespace closedpaw::sandbox {

namespace {

constexpr std::array needed{"memory", "cpu", "cpuacct", "pids", "freezer"};

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> out;
  std::istringstream in{std::string{text}};
  for (std::string part; std::getline(in, part, at);)
    out.push_back(part);
  return out;
}

}  // namespace

// "36 35 98:0 /root /point options - type source super-options"
std::map<std::string, cgroup_mount> cgroup_mounts(std::string_view mountinfo) {
  std::map<std::string, cgroup_mount> out;
  for (const auto& line : split(mountinfo, '\n')) {
    const auto words = split(line, ' ');
    std::size_t dash = 6;
    while (dash < words.size() && words[dash] != "-")
      ++dash;
    if (dash + 3 >= words.size())
      continue;
    const auto& type = words[dash + 1];
    if (type == "cgroup2")
      out.try_emplace("", cgroup_mount{words[4], words[3], 2, {}});
    else if (type == "cgroup")
      for (const auto& controller : split(words[dash + 3], ','))
        out.try_emplace(controller,
                        cgroup_mount{words[4], words[3], 1, words[dash + 3]});
  }
  return out;
}

// "4:memory:/path"; version 2 is "0::/path".
std::map<std::string, std::string> own_cgroups(std::string_view cgroup) {
  std::map<std::string, std::string> out;
  for (const auto& line : split(cgroup, '\n')) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos)
      continue;
    const auto names = line.substr(first + 1, second - first - 1);
    const auto path = line.substr(second + 1);
    if (names.empty())
      out[""] = path;
    for (const auto& name : split(names, ','))
      out[name] = path;
  }
  return out;
}

// In a container the mount shows only a part of the hierarchy.
std::string directory_of(const cgroup_mount& mount, const std::string& path) {
  auto rest = path;
  if (mount.root != "/") {
    const bool below = path.starts_with(mount.root + '/');
    rest = below ? path.substr(mount.root.size()) : "/";
  }
  return rest == "/" ? mount.point : mount.point + rest;
}

cgroup_layout version_one(const std::map<std::string, cgroup_mount>& mounts,
                          const std::map<std::string, std::string>& own) {
  cgroup_layout out;
  for (const char* name : needed) {
    const auto mount = mounts.find(name);
    const auto path = own.find(name);
    if (mount != mounts.end() && path != own.end())
      out.own[name] = directory_of(mount->second, path->second);
  }
  out.version = out.own.empty() ? 0 : 1;
  return out;
}

std::vector<std::string> own_directories(std::string_view mountinfo,
                                         std::string_view cgroup) {
  std::vector<std::string> out;
  const auto own = own_cgroups(cgroup);
  for (const auto& [controller, mount] : cgroup_mounts(mountinfo))
    if (const auto at = own.find(controller); at != own.end())
      out.push_back(directory_of(mount, at->second));
  return out;
}

}  // namespace closedpaw::sandbox
