#define CAF_SUITE config_reference
#include <regex>
#include <set>
#include <sstream>

#include "config/descriptor.hpp"
#include "config/load.hpp"
#include "tests/unit/config/config_files.hpp"
#include "tests/unit_test.hpp"

namespace config_reference_tests {

using namespace closedpaw;
using namespace closedpaw::config;

/// The reference file with every setting that it shows switched on.
std::string switched_on() {
  std::ifstream in{CLOSEDPAW_REFERENCE_CONFIG};
  const std::regex setting{"^#(\\[\\[|[a-z_]+ = )"};
  std::string text;
  for (std::string line; std::getline(in, line);)
    text += std::regex_replace(line, setting, "$1") + "\n";
  return text;
}

CAF_TEST(the reference file changes nothing as it is) {
  const config_files files;
  auto s = files.from_nothing();
  const auto defaults = load(s);
  s.file = CLOSEDPAW_REFERENCE_CONFIG;
  const auto loaded = load(s);
  CAF_REQUIRE(defaults);
  CAF_REQUIRE(loaded);
  CAF_CHECK(loaded->values == defaults->values);
  for (const auto& [key, from] : loaded->origins)
    CAF_CHECK(from.from == origin::builtin);
}

CAF_TEST(what the reference file shows are all the keys and their defaults) {
  const config_files files;
  auto defaults = load(files.from_nothing());
  const auto loaded = load(files.from(switched_on()));
  CAF_REQUIRE(defaults);
  if (!loaded)
    CAF_FAIL(loaded.error().message);
  // Without the file there is none; the example has the defaults.
  config::shipper_settings example;
  example.name = "rsyslog";
  example.type = "syslog";
  example.url = "tcp://127.0.0.1:514";
  CAF_REQUIRE_EQUAL(loaded->values.shippers.size(), 1U);
  CAF_CHECK(loaded->values.shippers[0] == example);
  defaults->values.shippers = loaded->values.shippers;
  CAF_CHECK(loaded->values == defaults->values);
  std::set<std::string> not_named;
  for (const auto& [key, from] : loaded->origins)
    if (from.from != origin::file)
      not_named.insert(key);
  // The one key that only a command line or an action can set.
  CAF_CHECK_EQUAL(not_named, std::set<std::string>{"providers.default"});
  auto copy = defaults->values;
  CAF_CHECK_EQUAL(loaded->origins.size(), all_settings(copy).size());
  CAF_CHECK(loaded->origins.size() > 60);
}

CAF_TEST(every setting describes itself) {
  std::set<std::string> keys;
  const auto check = [&](const auto& table, const std::string& prefix) {
    for (const auto& d : table) {
      CAF_CHECK(keys.insert(prefix + d.key).second);
      CAF_CHECK(!d.expected.empty());
      CAF_CHECK(!d.description.empty());
    }
  };
  check(setting_descriptors(), "");
  check(provider_descriptors(), "providers.*.");
  check(channel_descriptors(), "channels.*.");
  check(receiver_descriptors(), "receivers.*.");
  check(shipper_descriptors(), "shippers.*.");
}

CAF_TEST(every default is a value that may be set) {
  const config_files files;
  auto values = load(files.from_nothing())->values;
  const auto before = values;
  for (const auto& ref : all_settings(values))
    CAF_CHECK(!ref.assign(ref.read()));
  CAF_CHECK(values == before);
}

}  // namespace config_reference_tests
