#pragma once

#include <memory>
#include <string>

#include "config/settings.hpp"
#include "messages/model/json.hpp"

namespace closedpaw::config {

/// The settings in force, for those who also change them. Thread-safe.
class live_settings {
 public:
  virtual ~live_settings() = default;

  virtual std::shared_ptr<const settings> current() const = 0;

  /// A change was committed: it is in force from now on, whatever the
  /// configuration says.
  virtual void changed(const std::string& key, const json& value) = 0;

  /// The store has this value. In force unless it was known already: what the
  /// configuration puts above it then stays.
  virtual void stored(const std::string& key, const json& value) = 0;

  /// A provider was registered anew or (null) removed, and with it whatever was
  /// set for the old one; see registered_provider.hpp.
  virtual void provider_changed(const std::string& name, const json& row) = 0;
};

}  // namespace closedpaw::config
