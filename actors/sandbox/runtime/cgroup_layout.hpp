#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace closedpaw::sandbox {

/// Where groups can be made for each controller: cgroups(7). Version 2 is used
/// where it has memory, cpu and pids; else version 1, also in hybrid mode,
/// where version 2 is mounted and has none of them.
struct cgroup_layout {
  /// 0: there are none.
  int version = 0;
  /// Version 1: by controller ("memory", "cpu", "cpuacct", "pids", "freezer"),
  /// the directory of our own group. Version 2: one, under "".
  std::map<std::string, std::string> own;
};

/// From /proc/self/mountinfo (proc(5)), /proc/self/cgroup and the root group's
/// cgroup.controllers, whose text `controllers_of` gives for a mount point.
/// Pure.
template <class Read>
cgroup_layout find_cgroups(std::string_view mountinfo, std::string_view cgroup,
                           Read controllers_of);

struct cgroup_mount {
  std::string point;
  /// Of the hierarchy, what is mounted there.
  std::string root;
  int version = 1;
  /// Version 1.
  std::string controllers;
};

std::map<std::string, cgroup_mount> cgroup_mounts(std::string_view mountinfo);
/// By controller ("" for version 2) our own path in its hierarchy.
std::map<std::string, std::string> own_cgroups(std::string_view cgroup);
cgroup_layout version_one(const std::map<std::string, cgroup_mount>& mounts,
                          const std::map<std::string, std::string>& own);
std::string directory_of(const cgroup_mount& mount, const std::string& path);
/// Our own group in every hierarchy, whether we use it or not. Pure.
std::vector<std::string> own_directories(std::string_view mountinfo,
                                         std::string_view cgroup);

template <class Read>
cgroup_layout find_cgroups(std::string_view mountinfo, std::string_view cgroup,
                           Read controllers_of) {
  const auto mounts = cgroup_mounts(mountinfo);
  const auto own = own_cgroups(cgroup);
  const auto unified = mounts.find("");
  if (unified != mounts.end() && own.contains("")) {
    const std::string has = ' ' + controllers_of(unified->second.point) + ' ';
    const auto with = [&](const char* name) {
      return has.find(std::string{' '} + name + ' ') != std::string::npos;
    };
    if (with("memory") && with("cpu") && with("pids"))
      return {2, {{"", directory_of(unified->second, own.at(""))}}};
  }
  return version_one(mounts, own);
}

}  // namespace closedpaw::sandbox
