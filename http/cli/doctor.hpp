#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/load.hpp"
#include "http/cli/daemon_client.hpp"
#include "http/cli/options.hpp"
#include "messages/model/json.hpp"
#include "messages/model/time.hpp"

namespace closedpaw::cli {

/// A file or folder on this machine.
struct place_facts {
  std::string path;
  bool exists = false;
  unsigned mode = 0;
  bool ours = false;
};

/// What a diagnosis looks at. Answers of the daemon are null where there is
/// none.
struct doctor_facts {
  std::optional<failure> bad_config;
  std::vector<std::string> config_warnings;
  std::string url;
  place_facts data_dir;
  place_facts vault_key;
  /// Of the data directory's disk.
  std::uint64_t disk_free = 0;
  std::uint64_t disk_size = 0;
  bool clock_synchronized = false;
  std::optional<failure> no_daemon;
  std::optional<failure> not_ready;
  json status;
  json alerts;
  json vault;
  json isolation;
  json providers;
  json channels;
  json newest_event;
};

enum class finding_level { ok, warning, broken };

struct finding {
  finding_level level = finding_level::ok;
  /// "configuration", "port", "vault", …
  std::string about;
  std::string text;
  /// What to do; empty where nothing is.
  std::string advice{};
};

/// Pure.
std::vector<finding> diagnose(const doctor_facts& facts, timestamp now);
std::string findings_text(const std::vector<finding>& all);

/// Looks at everything and prints what it found. The exit status: 0, 4 where
/// something is only a warning, 1 where something is broken.
int run_doctor(const doctor_options& options,
               const result<config::loaded_config>& loaded,
               const daemon_address& where);

}  // namespace closedpaw::cli
