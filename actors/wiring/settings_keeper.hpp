#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "config/live_settings.hpp"
#include "config/load.hpp"
#include "config/reload.hpp"
#include "messages/model/published.hpp"

namespace closedpaw::wiring {

/// The configuration in force: loaded at start, changed by config_change
/// actions and by SIGHUP, shown at GET /api/config. Thread-safe.
class settings_keeper final : public config::live_settings {
 public:
  settings_keeper(config::sources from, config::loaded_config loaded,
                  published<json>& shown);

  std::shared_ptr<const config::settings> current() const override;

  void changed(const std::string& key, const json& value) override;
  void stored(const std::string& key, const json& value) override;
  void provider_changed(const std::string& name, const json& row) override;

  /// Reads everything again. Takes all of it, or keeps what was and says why.
  result<std::vector<config::change>> reload();

 private:
  /// Both need the lock.
  void apply(const std::string& key, const json& value);
  void take(config::loaded_config next);

  mutable std::mutex mutex_;
  config::sources from_;
  config::loaded_config loaded_;
  std::shared_ptr<const config::settings> current_;
  published<json>& shown_;
};

}  // namespace closedpaw::wiring
