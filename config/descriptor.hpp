#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/rules.hpp"
#include "config/settings.hpp"
#include "messages/model/json.hpp"

/// The tables of everything that can be set. Parsing, validation, `--set`, the
/// view for GET /api/config and the reload rules all read these and nothing
/// else, so that a new setting is one line in one table.
namespace closedpaw::config {

/// When a changed value takes effect.
enum class takes_effect : std::uint8_t { at_once, after_restart };

enum class secrecy : std::uint8_t { shown, secret };

/// One setting of an Owner: `settings`, or one entry of a list.
template <class Owner>
struct descriptor {
  /// Full for settings ("http.listen"), the last part for entries ("type").
  std::string key;
  /// Values are written without quotes in `--set`.
  bool is_text = false;
  bool is_list = false;
  /// What would be right, for messages: "an integer from 1 to 64".
  std::string expected;
  takes_effect when = takes_effect::after_restart;
  secrecy privacy = secrecy::shown;
  std::string_view description;
  std::function<json(const Owner&)> read;
  /// Sets the value, or says what is wrong with it and changes nothing.
  std::function<problem(Owner&, const json&)> assign;
};

using setting_table = std::vector<descriptor<settings>>;
using provider_table = std::vector<descriptor<provider_settings>>;
using channel_table = std::vector<descriptor<channel_settings>>;
using receiver_table = std::vector<descriptor<receiver_settings>>;
using shipper_table = std::vector<descriptor<shipper_settings>>;

const setting_table& setting_descriptors();
const provider_table& provider_descriptors();
const channel_table& channel_descriptors();
const receiver_table& receiver_descriptors();
const shipper_table& shipper_descriptors();

/// One setting of a whole configuration, entries included, by its full key:
/// "http.listen", "providers.ollama.base_url". Valid as long as the settings
/// that it was made for, and the number of their entries, stay.
struct setting_ref {
  std::string key;
  bool is_text = false;
  bool is_list = false;
  std::string_view expected;
  bool reloadable = false;
  bool secret = false;
  std::function<json()> read;
  std::function<problem(const json&)> assign;
};

std::vector<setting_ref> all_settings(settings& values);

/// Nothing where there is no such key.
std::optional<setting_ref> find_setting(settings& values, std::string_view key);

/// The value as JSON; null where there is no such key.
json read_setting(const settings& values, std::string_view key);

/// "log" of "log.level"; all the tables that the file may have.
std::vector<std::string> known_sections();
std::vector<std::string> known_keys();

}  // namespace closedpaw::config
