#define CAF_SUITE config_load
#include "config/load.hpp"

#include "tests/unit/config/config_files.hpp"
#include "tests/unit_test.hpp"

namespace config_load_tests {

using namespace closedpaw;
using namespace closedpaw::config;

CAF_TEST(without a file there are the defaults) {
  const config_files files;
  const auto loaded = load(files.from_nothing());
  CAF_REQUIRE(loaded);
  const auto& v = loaded->values;
  CAF_CHECK_EQUAL(to_string(v.http.listen), "127.0.0.1:8000");
  CAF_CHECK_EQUAL(v.http.max_in_flight, 1024u);
  CAF_CHECK(v.http.chat_timeout == milliseconds{120'000});
  CAF_CHECK(v.audit.durability == durability::sync);
  CAF_CHECK_EQUAL(v.supervision.fault_injection, false);
  CAF_CHECK_EQUAL(v.storage.data_dir,
                  (files.root() / "home/.local/share/closedpaw").string());
  CAF_CHECK(v.providers == builtin_providers());
  CAF_CHECK(v.channels == builtin_channels());
  CAF_CHECK_EQUAL(v.default_provider, "ollama");
  CAF_CHECK_EQUAL(loaded->file, "");
  CAF_CHECK(loaded->origins.at("http.listen").from == origin::builtin);
}

CAF_TEST(a file sets values of every kind) {
  const config_files files;
  const auto loaded = load(files.from(R"([http]
listen = "[::1]:0"
allowed_origins = ["https://paw.example:8443"]
request_timeout_ms = 1_500
allow_root_peer = true
[supervision]
backoff_jitter = 1
[log]
format = "json"
levels = { http = "trace", audit = "inherit" }
[audit]
durability = "async"
[provider_defaults]
total_timeout_ms = 60000
[[providers]]
name = "far"
type = "ollama"
base_url = "https://models.example/api"
total_timeout_ms = 5000
[[channels]]
name = "bot"
type = "telegram"
enabled = false
allowed_users = ["12345"]
)"));
  CAF_REQUIRE(loaded);
  const auto& v = loaded->values;
  CAF_CHECK((v.http.listen == endpoint{"::1", 0}));
  CAF_CHECK_EQUAL(to_string(v.http.listen), "[::1]:0");
  CAF_CHECK_EQUAL(v.http.allowed_origins.size(), 1u);
  CAF_CHECK(v.http.request_timeout == milliseconds{1'500});
  CAF_CHECK(v.http.allow_root_peer);
  CAF_CHECK_EQUAL(v.supervision.backoff_jitter, 1.0);
  CAF_CHECK(v.log.format == log_format::json);
  CAF_CHECK_EQUAL(v.log.levels.size(), 1u);
  CAF_CHECK(v.log.levels.at("http") == log_level::trace);
  CAF_CHECK(v.audit.durability == durability::async);
  CAF_REQUIRE_EQUAL(v.providers.size(), 1u);
  CAF_CHECK_EQUAL(v.default_provider, "far");
  const auto limits = limits_of(v.providers[0], v.provider_defaults);
  CAF_CHECK(limits.total_timeout == milliseconds{5'000});
  CAF_CHECK(limits.connect_timeout == milliseconds{3'000});
  CAF_REQUIRE_EQUAL(v.channels.size(), 1u);
  CAF_CHECK(!v.channels[0].enabled);
  CAF_CHECK_EQUAL(v.channels[0].allowed_users.at(0), "12345");
}

CAF_TEST(later sources go over earlier ones) {
  const config_files files;
  auto s = files.from(
      "[log]\nlevel = \"warn\"\nlevels.http = \"off\"\n"
      "[orchestrator]\nchat_deadline_ms = 1000\n"
      "action_deadline_ms = 1000\n");
  s.persisted = {{"orchestrator.chat_deadline_ms", 2000},
                 {"log.level", "error"},
                 {"providers.ollama.default_model", "tiny"}};
  s.set = {"log.level=trace", "http.listen=127.0.0.1:1",
           "providers.ollama.base_url=http://127.0.0.1:9"};
  s.listen = "127.0.0.1:2";
  const auto loaded = load(s);
  CAF_REQUIRE(loaded);
  const auto& v = loaded->values;
  CAF_CHECK(v.orchestrator.action_deadline == milliseconds{1'000});
  CAF_CHECK(v.orchestrator.chat_deadline == milliseconds{2'000});
  CAF_CHECK(v.log.level == log_level::trace);
  CAF_CHECK_EQUAL(v.http.listen.port, 2);
  CAF_CHECK_EQUAL(v.providers.at(0).default_model, "tiny");
  CAF_CHECK_EQUAL(v.providers.at(0).base_url, "http://127.0.0.1:9");
  const auto& o = loaded->origins;
  CAF_CHECK(o.at("orchestrator.action_deadline_ms").from == origin::file);
  CAF_CHECK_EQUAL(o.at("orchestrator.action_deadline_ms").line, 6u);
  CAF_CHECK(o.at("orchestrator.chat_deadline_ms").from == origin::persisted);
  CAF_CHECK(o.at("log.level").from == origin::command_line);
  CAF_CHECK_EQUAL(o.at("log.level").source, "--set");
  CAF_CHECK_EQUAL(o.at("log.level").line, 0u);
  CAF_CHECK_EQUAL(o.at("http.listen").source, "--listen");
  CAF_CHECK(o.at("log.levels.http").value == json("off"));
  CAF_CHECK(o.at("http.max_in_flight").from == origin::builtin);
}

CAF_TEST(registered providers follow those of the file) {
  const config_files files;
  auto s = files.from("[chat]\nfallbacks = [\"oai/x\", \"nobody\"]\n");
  s.registered = {{"oai", {{"type", "openai"}, {"default_model", "gpt-x"}}},
                  {"ollama", {{"type", "ollama"}}},
                  {"odd", {{"type", "zzz"}}}};
  s.persisted = {{"providers.oai.default_model", "gpt-y"},
                 {"providers.default", "oai"}};
  const auto loaded = load(s);
  CAF_REQUIRE(loaded);
  const auto& all = loaded->values.providers;
  CAF_REQUIRE_EQUAL(all.size(), 2u);
  CAF_CHECK_EQUAL(all[1].name, "oai");
  CAF_CHECK(all[1].registered);
  CAF_CHECK(!all[0].registered);
  CAF_CHECK_EQUAL(all[1].base_url, "https://api.openai.com/v1");
  CAF_CHECK_EQUAL(all[1].default_model, "gpt-y");
  CAF_CHECK_EQUAL(loaded->values.default_provider, "oai");
  CAF_CHECK(loaded->origins.at("providers.oai.type").from == origin::persisted);
  CAF_REQUIRE_EQUAL(loaded->warnings.size(), 3u);
  CAF_CHECK(loaded->warnings[0].find("odd is left out") != std::string::npos);
  CAF_CHECK(loaded->warnings[1].find("ollama is left out: the configuration") !=
            std::string::npos);
  CAF_CHECK(loaded->warnings[2].find("nobody") != std::string::npos);
}

CAF_TEST(names of providers are not checked before all are known) {
  const config_files files;
  auto s = files.from_nothing();
  s.set = {"providers.default=oai", "chat.fallbacks=oai"};
  s.registered.reset();
  const auto loaded = load(s);
  CAF_REQUIRE(loaded);
  CAF_CHECK(loaded->warnings.empty());
  s.registered.emplace();
  CAF_CHECK(!load(s));
}

CAF_TEST(values of set need no quotes and may have them) {
  const config_files files;
  auto s = files.from_nothing();
  s.set = {"log.format=\"json\"",
           "http.allow_root_peer=true",
           "supervision.backoff_jitter=0.5",
           "http.allowed_origins=https://a.example",
           "channels.webui.allowed_users=[\"a\", \"b\"]",
           "supervision.intensity=0x10",
           "providers.default=ollama"};
  const auto loaded = load(s);
  CAF_REQUIRE(loaded);
  const auto& v = loaded->values;
  CAF_CHECK(v.log.format == log_format::json);
  CAF_CHECK(v.http.allow_root_peer);
  CAF_CHECK_EQUAL(v.supervision.backoff_jitter, 0.5);
  CAF_CHECK_EQUAL(v.http.allowed_origins.at(0), "https://a.example");
  CAF_CHECK_EQUAL(v.channels.at(0).allowed_users.size(), 2u);
  CAF_CHECK_EQUAL(v.supervision.intensity, 16u);
}

CAF_TEST(the file is searched in order) {
  const config_files files;
  const auto etc = files.write("etc/closedpaw/closedpaw.toml", "");
  CAF_CHECK(find_file(files.env()) == etc);
  const auto home = files.write("home/.config/closedpaw/closedpaw.toml", "");
  CAF_CHECK(find_file(files.env()) == home);
  const auto xdg =
      files.write("xdg/closedpaw/closedpaw.toml", "[runtime]\nworkers = 3\n");
  auto s = files.from_nothing();
  s.env.xdg_config_home = (files.root() / "xdg").string();
  CAF_CHECK(find_file(s.env) == xdg);
  const auto loaded = load(s);
  CAF_REQUIRE(loaded);
  CAF_CHECK_EQUAL(loaded->values.runtime.workers, 3u);
  CAF_CHECK_EQUAL(loaded->file, xdg.string());
  s.env.xdg_config_home = "xdg";
  CAF_CHECK(find_file(s.env) == home);
}

CAF_TEST(the data directory becomes absolute) {
  const config_files files;
  auto s = files.from_nothing();
  s.data_dir = "data/../kept/";
  const auto loaded = load(s);
  CAF_REQUIRE(loaded);
  CAF_CHECK_EQUAL(loaded->values.storage.data_dir,
                  (files.root() / "here/kept").string());
  CAF_CHECK_EQUAL(loaded->origins.at("storage.data_dir").source, "--data-dir");
  auto homeless = files.from("\n[storage]\ndata_dir = \"~/paw\"\n");
  homeless.env.home.clear();
  CAF_CHECK_EQUAL(files.errors_of(homeless),
                  "closedpaw.toml:3:1: storage.data_dir: there is no home "
                  "directory for ~ (HOME is not set); expected an absolute "
                  "path");
}

CAF_TEST(what was persisted never stops a start) {
  const config_files files;
  auto s = files.from_nothing();
  s.persisted = {{"http.listen", "127.0.0.1:1"},
                 {"log.level", "loud"},
                 {"providers.gone.default_model", "x"},
                 {"providers.default", "gone"},
                 {"log.levels.http", "debug"}};
  const auto loaded = load(s);
  CAF_REQUIRE(loaded);
  CAF_CHECK_EQUAL(loaded->warnings.size(), 4u);
  CAF_CHECK(loaded->values.log ==
            (log_settings{.levels = {{"http", log_level::debug}}}));
  CAF_CHECK_EQUAL(loaded->values.http.listen.port, 8000);
  CAF_CHECK_EQUAL(loaded->values.default_provider, "ollama");
}

CAF_TEST(the default provider is the first that is enabled) {
  const config_files files;
  const std::string two =
      "[[providers]]\nname = \"a\"\ntype = \"ollama\"\n"
      "base_url = \"http://127.0.0.1:1\"\nenabled = false\n"
      "[[providers]]\nname = \"b\"\ntype = \"ollama\"\n"
      "base_url = \"http://127.0.0.1:2\"\n";
  auto s = files.from(two);
  CAF_REQUIRE(load(s));
  CAF_CHECK_EQUAL(load(s)->values.default_provider, "b");
  s.persisted = {{"providers.default", "a"}};
  CAF_CHECK_EQUAL(load(s)->values.default_provider, "a");
  s.set = {"providers.default=c"};
  CAF_CHECK_EQUAL(files.errors_of(s),
                  "--set: providers.default: no provider has this name; "
                  "expected a, b");
}

}  // namespace config_load_tests
