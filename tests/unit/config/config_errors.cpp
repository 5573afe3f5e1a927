#define CAF_SUITE config_errors
#include "config/load.hpp"

#include "tests/unit/config/config_files.hpp"
#include "tests/unit_test.hpp"

namespace config_errors_tests {

using namespace closedpaw;
using namespace closedpaw::config;

struct fixture : config_files {
  /// One wrong line in [section] at line 2, column 1 or after.
  std::string in(const std::string& section, const std::string& line) const {
    return errors_of("[" + section + "]\n" + line + "\n");
  }
};

std::string provider(const std::string& rest) {
  return "[[providers]]\nname = \"a\"\n" + rest;
}

}  // namespace config_errors_tests

CAF_TEST_FIXTURE_SCOPE(config_errors_tests, fixture)

CAF_TEST(an unknown key names its place and the nearest) {
  CAF_CHECK_EQUAL(errors_of("# one\n[http]\n  listn = \"127.0.0.1:8000\"\n"),
                  "closedpaw.toml:3:3: http.listn: unknown key; did you mean "
                  "http.listen?");
  CAF_CHECK_EQUAL(in("storage", "durability = \"sync\""),
                  "closedpaw.toml:2:1: storage.durability: unknown key; did "
                  "you mean audit.durability?");
  CAF_CHECK_EQUAL(in("chat", "completely_different = 1"),
                  "closedpaw.toml:2:1: chat.completely_different: unknown "
                  "key; the keys there are chat.fallbacks");
  CAF_CHECK_EQUAL(in("log.levels", "htp = \"info\""),
                  "closedpaw.toml:2:1: log.levels.htp: unknown key; did you "
                  "mean log.levels.http?");
}

CAF_TEST(a secret in a file is refused with the way to keep it) {
  const auto told = errors_of(
      "[[providers]]\nname = \"cloud\"\ntype = \"openai\"\n"
      "api_key = \"sk-planted\"\n"
      "[[channels]]\nname = \"tg\"\ntype = \"telegram\"\n"
      "token = \"tk-planted\"\n");
  CAF_CHECK(contains(told, "closedpaw vault set providers/cloud/api_key"));
  CAF_CHECK(contains(told, "closedpaw vault set channels/tg/token"));
  CAF_CHECK(!contains(told, "planted"));
}

CAF_TEST(an unknown section is named) {
  CAF_CHECK_EQUAL(errors_of("\n[htpp]\nlisten = \"x\"\n"),
                  "closedpaw.toml:2:2: htpp: unknown section; did you mean "
                  "http?");
  CAF_CHECK(contains(errors_of("[weather]\n"), "the sections are "));
  CAF_CHECK_EQUAL(errors_of("http = 3\n"),
                  "closedpaw.toml:1:1: http: not a section; expected [http]");
  CAF_CHECK_EQUAL(errors_of("[providers]\nname = \"a\"\n"),
                  "closedpaw.toml:1:2: providers: not a list of entries; "
                  "expected [[providers]] with a name and a type, once for "
                  "each");
  // A quoted key with a dot in it is not a path.
  CAF_CHECK(contains(errors_of("\"http.listen\" = \"127.0.0.1:1\"\n"),
                     "closedpaw.toml:1:1: \"http.listen\": unknown key"));
}

CAF_TEST(a wrong type says what was found and what is right) {
  CAF_CHECK_EQUAL(in("http", "max_in_flight = \"many\""),
                  "closedpaw.toml:2:17: http.max_in_flight: wrong type: found "
                  "text; expected an integer from 1 to 1000000");
  CAF_CHECK_EQUAL(in("http", "allow_root_peer = 1"),
                  "closedpaw.toml:2:19: http.allow_root_peer: wrong type: "
                  "found an integer; expected true or false");
  CAF_CHECK(contains(in("http", "listen = 8000"), "found an integer"));
  CAF_CHECK(contains(in("http", "max_in_flight = 1.5"), "with a fraction"));
  CAF_CHECK(contains(in("log", "level = 1979-05-27"), "found a date"));
  CAF_CHECK(contains(in("http", "listen = { port = 1 }"), "found a table"));
  CAF_CHECK(contains(in("http", "allowed_origins = \"x\""), "found text"));
  CAF_CHECK(contains(in("http", "allowed_origins = [1]"),
                     "item 1 wrong type: found an integer"));
}

CAF_TEST(an impossible value says what would be right) {
  CAF_CHECK_EQUAL(in("http", "max_connections = 0"),
                  "closedpaw.toml:2:19: http.max_connections: 0 is out of "
                  "range; expected an integer from 1 to 65536");
  CAF_CHECK(contains(in("http", "max_connections = 65537"), "out of range"));
  CAF_CHECK(contains(in("supervision", "backoff_jitter = nan"), "range"));
  CAF_CHECK(contains(in("supervision", "backoff_jitter = 1.01"), "range"));
  CAF_CHECK_EQUAL(in("audit", "durability = \"maybe\""),
                  "closedpaw.toml:2:14: audit.durability: \"maybe\" is not "
                  "known; expected one of sync, async");
  CAF_CHECK_EQUAL(
      in("http", "listen = \"0.0.0.0:8000\""),
      "closedpaw.toml:2:10: http.listen: \"0.0.0.0:8000\" is not a "
      "loopback address; other machines come in over TLS and with "
      "a token: http.remote.listen; expected a loopback HOST:PORT such "
      "as \"127.0.0.1:8000\"");
  CAF_CHECK(contains(in("storage", "data_dir = \"data\""),
                     "\"data\" is not an absolute path"));
}

CAF_TEST(values that belong together are checked together) {
  CAF_CHECK(contains(in("supervision", "backoff_max_ms = 100"),
                     "closedpaw.toml:2:1: supervision.backoff_max_ms: 200 for "
                     "supervision.backoff_min_ms is more than 100"));
  CAF_CHECK(contains(in("provider_defaults", "probe_interval_ms = 90001"),
                     "provider_defaults.probe_interval_ms: 90001"));
  CAF_CHECK_EQUAL(in("provider_defaults", "probe_interval_ms = 90000"),
                  "no error");
}

CAF_TEST(providers are checked) {
  const std::string url = "base_url = \"http://127.0.0.1:1\"\n";
  const std::string ollama = "type = \"ollama\"\n";
  CAF_CHECK_EQUAL(errors_of(provider(ollama + url)), "no error");
  CAF_CHECK_EQUAL(
      errors_of(provider("type = \"openay\"\n" + url)),
      "closedpaw.toml:3:8: providers.a.type: \"openay\" is not a known type; "
      "expected one of ollama, openai, anthropic, google, mistral, custom");
  CAF_CHECK(contains(errors_of(provider("type = \"x\"\n" + url)),
                     "\"x\" is not a known type"));
  // Vendors have addresses of their own.
  CAF_CHECK_EQUAL(errors_of(provider(ollama)), "no error");
  CAF_CHECK(contains(errors_of(provider("type = \"custom\"\n")),
                     "providers.a.base_url: missing; expected an address"));
  CAF_CHECK_EQUAL(errors_of(provider(ollama + url) + provider(ollama + url)),
                  "closedpaw.toml:6:8: providers.a.name: there is one of this "
                  "name already; expected a name of its own for each");
  CAF_CHECK(contains(errors_of("[[providers]]\n" + ollama + url),
                     "providers[0].name: missing"));
  CAF_CHECK(
      contains(errors_of("[[channels]]\nname = \"router\"\ntype = \"cli\""),
               "the name of the channels' own owner"));
  CAF_CHECK(contains(errors_of("[[channels]]\nname = \"A b\"\ntype = \"cli\""),
                     "channels[0].name: \"A b\" is not a name"));
  CAF_CHECK_EQUAL(errors_of(provider(ollama + url + "defalt_model = \"x\"\n")),
                  "closedpaw.toml:5:1: providers.a.defalt_model: unknown key; "
                  "did you mean providers.a.default_model?");
  CAF_CHECK(contains(errors_of("[[channels]]\nname = \"a\"\ntype = \"fax\"\n"),
                     "\"fax\" is not a known type"));
}

CAF_TEST(a password in an address is refused and not repeated) {
  const auto text = errors_of(
      provider("type = \"ollama\"\nbase_url = \"http://u:hush@127.0.0.1\"\n"));
  CAF_CHECK(contains(text, "has credentials"));
  CAF_CHECK(!contains(text, "hush"));
}

CAF_TEST(every error is told in the order of the file) {
  auto s = from(
      "[http]\nmax_connections = 0\nlistn = 1\n"
      "[[providers]]\nname = \"a\"\ntype = \"ollama\"\n"
      "base_url = \"ftp://x\"\n[audit]\ndurability = 1\n");
  s.set = {"log.levl=info", "nothing", "runtime.workers=x",
           "channels.webui.name=other"};
  CAF_CHECK_EQUAL(
      errors_of(s),
      "closedpaw.toml:2:19: http.max_connections: 0 is out of range; expected "
      "an integer from 1 to 65536\n"
      "closedpaw.toml:3:1: http.listn: unknown key; did you mean "
      "http.listen?\n"
      "closedpaw.toml:7:12: providers.a.base_url: the value is not an http or "
      "https URL; expected an address such as \"http://127.0.0.1:11434\"\n"
      "closedpaw.toml:9:14: audit.durability: wrong type: found an integer; "
      "expected one of sync, async\n"
      "--set: log.levl: unknown key; did you mean log.level?\n"
      "--set: nothing: no value; expected section.key=value\n"
      "--set: runtime.workers: wrong type: found text; expected an integer "
      "from 0 to 256\n"
      "--set: channels.webui.name: cannot be changed here; rename it in the "
      "file");
}

CAF_TEST(a syntax error has its place) {
  const auto text = errors_of("[http]\nlisten = \n");
  CAF_CHECK(text.starts_with("closedpaw.toml:2:"));
  CAF_CHECK(contains(text, ": not valid TOML: "));
  CAF_CHECK(contains(errors_of("a = 1\na = 2\n"),
                     "closedpaw.toml:2:5: not valid TOML"));
  CAF_CHECK(contains(errors_of(std::string(3000, '[')), "not valid TOML"));
}

CAF_TEST(a file that cannot be read says why) {
  auto s = from_nothing();
  s.file = root() / "none.toml";
  CAF_CHECK_EQUAL(errors_of(s),
                  "none.toml: cannot be read: No such file or directory; give "
                  "a readable file with --config");
  s.file = root();
  CAF_CHECK(contains(errors_of(s), "it is a directory"));
  CAF_CHECK(contains(errors_of(std::string((1 << 20) + 1, '#')),
                     "larger than 1 MiB"));
  CAF_CHECK_EQUAL(errors_of(std::string(1 << 20, '#')), "no error");
}

CAF_TEST(a value of set cannot smuggle in another) {
  auto s = from_nothing();
  s.set = {"runtime.workers=1\nhttp = 2"};
  CAF_CHECK(contains(errors_of(s), "wrong type: found text"));
}

CAF_TEST_FIXTURE_SCOPE_END()
