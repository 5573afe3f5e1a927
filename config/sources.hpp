#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "messages/model/json.hpp"

namespace closedpaw::config {

/// What of the process decides where files are.
struct environment {
  /// $HOME and $XDG_CONFIG_HOME; empty where unset.
  std::string home;
  std::string xdg_config_home;
  std::filesystem::path current_dir;
  std::filesystem::path system_config_dir = "/etc";
};

/// Reads the process's environment; call before threads exist.
environment process_environment();

/// Everything that load() takes into account. Later ones win: defaults, file,
/// persisted, `set`, `listen` and `data_dir` and `log_format`.
struct sources {
  /// From --config; when not given the usual places are searched.
  std::optional<std::filesystem::path> file;
  /// "section.key=value" each.
  std::vector<std::string> set;
  /// Providers that requests registered at run time, by name; see
  /// registered_provider.hpp. Nothing: not known yet, so that names of
  /// providers cannot be checked.
  std::optional<std::map<std::string, json>> registered;
  /// What config_change actions set at run time, by key.
  std::map<std::string, json> persisted;
  std::optional<std::string> listen;
  std::optional<std::string> data_dir;
  std::optional<std::string> log_format;
  environment env;
};

/// The first that exists of $XDG_CONFIG_HOME/closedpaw/closedpaw.toml,
/// ~/.config/closedpaw/closedpaw.toml and /etc/closedpaw/closedpaw.toml.
std::optional<std::filesystem::path> find_file(const environment& env);

/// The whole file, at most 1 MiB; the failure says why it cannot be read.
result<std::string> read_file(const std::filesystem::path& file);

/// "~" and "~/…" under the home directory, relative paths under the current
/// one; nothing where "~" is used without a home directory.
std::optional<std::string> absolute_path(const std::string& path,
                                         const environment& env);

}  // namespace closedpaw::config
