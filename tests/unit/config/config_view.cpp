#define CAF_SUITE config_view
#include "config/descriptor.hpp"
#include "config/load.hpp"
#include "config/reload.hpp"
#include "config/show.hpp"
#include "tests/unit/config/config_files.hpp"
#include "tests/unit_test.hpp"

namespace config_view_tests {

using namespace closedpaw;
using namespace closedpaw::config;

loaded_config loaded(const config_files& files, std::string_view text,
                     std::vector<std::string> set = {}) {
  auto s = files.from(text);
  s.set = std::move(set);
  return load(s).value();
}

constexpr auto two_providers =
    "[[providers]]\nname = \"a\"\ntype = \"ollama\"\n"
    "base_url = \"http://127.0.0.1:1\"\n"
    "[[providers]]\nname = \"b\"\ntype = \"ollama\"\n"
    "base_url = \"http://127.0.0.1:2\"\n";
constexpr auto two_turned =
    "[[providers]]\nname = \"b\"\ntype = \"ollama\"\n"
    "base_url = \"http://127.0.0.1:2\"\n"
    "[[providers]]\nname = \"a\"\ntype = \"ollama\"\n"
    "base_url = \"http://127.0.0.1:1\"\n";

CAF_TEST(the view has every value with its origin) {
  const config_files files;
  auto s = files.from("[http]\n\nmax_in_flight = 7\n[log]\nlevel = \"warn\"\n");
  s.set = {"runtime.workers=2"};
  s.persisted = {{"log.levels.http", "debug"}, {"old.key", 1}};
  const auto config = load(s).value();
  const auto view = to_json(config);
  const auto file = s.file->string();
  CAF_CHECK_EQUAL(view.at("file"), json(file));
  const auto& all = view.at("settings");
  CAF_CHECK_EQUAL(all.size(), setting_descriptors().size());
  CAF_CHECK_EQUAL(all.at("http.max_in_flight"), (json{{"value", 7},
                                                      {"origin", "file"},
                                                      {"source", file + ":3"},
                                                      {"reloadable", false}}));
  CAF_CHECK_EQUAL(all.at("http.listen"), (json{{"value", "127.0.0.1:8000"},
                                               {"origin", "default"},
                                               {"reloadable", false}}));
  CAF_CHECK_EQUAL(all.at("runtime.workers").at("origin"), json("set"));
  CAF_CHECK_EQUAL(all.at("log.levels.http").at("origin"), json("persisted"));
  CAF_CHECK_EQUAL(all.at("log.level").at("reloadable"), json(true));
  const auto& provider = view.at("providers").at(0);
  CAF_CHECK_EQUAL(provider.size(), provider_descriptors().size());
  CAF_CHECK_EQUAL(provider.at("name").at("value"), json("ollama"));
  CAF_CHECK_EQUAL(provider.at("name").at("origin"), json("default"));
  CAF_CHECK_EQUAL(view.at("channels").at(0).at("type").at("value"),
                  json("webui"));
  CAF_CHECK_EQUAL(view.at("warnings").size(), 1u);
}

CAF_TEST(secrets and credentials are masked) {
  const config_files files;
  auto config = loaded(files, "");
  config.origins["http.listen"] = {
      .value = "hunter2", .source = "", .secret = true};
  config.origins["providers.ollama.base_url"].value =
      "http://owner:hunter2@127.0.0.1/";
  config.origins["channels.webui.allowed_users"].value =
      json::array({"https://hunter2@example.org"});
  const auto text = dump(to_json(config));
  CAF_CHECK_EQUAL(text.find("hunter2"), std::string::npos);
  CAF_CHECK(text.find("\"***\"") != std::string::npos);
  CAF_CHECK(text.find("http://***@127.0.0.1/") != std::string::npos);
  CAF_CHECK_EQUAL(shown_value({.value = "", .source = "", .secret = true}),
                  json(""));
}

CAF_TEST(a reload without changes applies nothing) {
  const config_files files;
  const auto before = loaded(files, "[log]\nlevel = \"info\"\n");
  const auto after = loaded(files, "", {"log.level=info"});
  const auto plan = plan_reload(before, after);
  CAF_REQUIRE(plan);
  CAF_CHECK(plan->empty());
}

CAF_TEST(a reload applies what can change at run time) {
  const config_files files;
  const auto before = loaded(files, "");
  const auto after =
      loaded(files,
             "[log]\nlevel = \"warn\"\nlevels.audit = \"trace\"\n"
             "format = \"json\"\n"
             "[http]\nrequest_timeout_ms = 1000\nchat_timeout_ms = 1000\n"
             "[orchestrator]\nmax_pending = 5\nchat_deadline_ms = 1000\n"
             "action_deadline_ms = 1000\n",
             {"providers.ollama.default_model=tiny"});
  const auto plan = plan_reload(before, after);
  CAF_REQUIRE(plan);
  CAF_CHECK_EQUAL(plan->size(), 9u);
  CAF_CHECK((*plan)[3] == (change{"log.level", "info", "warn", true}));
}

CAF_TEST(a reload that needs a restart is refused as a whole) {
  const config_files files;
  const auto before = loaded(files, "");
  const auto plan = plan_reload(
      before, loaded(files,
                     "[log]\nlevel = \"warn\"\n"
                     "[supervision]\nfault_injection = true\n"
                     "slow_retry_ms = 1000\n[storage]\nreserve_mib = 9\n"));
  CAF_REQUIRE(!plan);
  CAF_CHECK(plan.error().code == errc::conflict);
  CAF_CHECK_EQUAL(plan.error().message,
                  "the configuration was not reloaded and the old one stays: "
                  "storage.reserve_mib, supervision.fault_injection, "
                  "supervision.slow_retry_ms need a restart; restart the "
                  "daemon or undo that change");
}

CAF_TEST(providers that come or go or change places need a restart) {
  const config_files files;
  const auto before = loaded(files, two_providers);
  const auto turned = diff(before, loaded(files, two_turned));
  CAF_REQUIRE_EQUAL(turned.size(), 2u);
  CAF_CHECK_EQUAL(turned[0].key, "providers.default");
  CAF_CHECK_EQUAL(turned[1].key, "providers");
  CAF_CHECK(!turned[1].reloadable);
  const auto plan = plan_reload(before, loaded(files, ""));
  CAF_REQUIRE(!plan);
  const auto& text = plan.error().message;
  CAF_CHECK(text.find("providers.a.name") != std::string::npos);
  CAF_CHECK(text.find("providers.ollama.default_model") != std::string::npos);
}

CAF_TEST(changes show no secrets) {
  const config_files files;
  auto before = loaded(files, "");
  auto after = before;
  before.origins["x"] = {.value = "hunter1", .source = "", .secret = true};
  after.origins["x"] = {.value = "hunter2", .source = "", .secret = true};
  const auto changes = diff(before, after);
  CAF_REQUIRE_EQUAL(changes.size(), 1u);
  CAF_CHECK_EQUAL(changes[0].before, json("***"));
  CAF_CHECK_EQUAL(changes[0].after, json("***"));
}

}  // namespace config_view_tests
