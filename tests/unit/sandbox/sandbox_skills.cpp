#define CAF_SUITE sandbox_skills

#include <sys/stat.h>

#include <fstream>

#include "actors/sandbox/skills/catalogue.hpp"
#include "actors/sandbox/skills/manifest.hpp"
#include "actors/sandbox/skills/workspace.hpp"
#include "tests/unit/storage/fixture.hpp"
#include "tests/unit_test.hpp"

namespace sandbox_skills_tests {

using namespace closedpaw;
using namespace closedpaw::sandbox;
using closedpaw::storage::test::temp_dir;

json some_manifest(const std::string& id = "demo") {
  return {{"id", id},
          {"name", "Demo"},
          {"version", "1"},
          {"security_level", "high"},
          {"command", {"/skill/run"}},
          {"limits", {{"processes", 8}}},
          {"operations",
           {{"say",
             {{"security_level", "low"},
              {"parameters",
               {{"type", "object"},
                {"properties", {{"text", {{"type", "string"}}}}},
                {"required", {"text"}},
                {"additionalProperties", false}}}}}}}};
}

void put(const std::filesystem::path& file, const std::string& text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream{file} << text;
}

std::string complaint(const json& manifest) {
  const auto x = manifest_from(manifest);
  return x ? "none" : x.error().message;
}

CAF_TEST(a manifest is read) {
  const auto x = manifest_from(some_manifest());
  CAF_REQUIRE(x);
  CAF_CHECK_EQUAL(x->id, "demo");
  CAF_CHECK(x->level == security_level::high);
  CAF_CHECK_EQUAL(x->limits.processes, 8U);
  CAF_CHECK(x->operations.at("say").level == security_level::low);
  CAF_CHECK(!x->enabled);
}

CAF_TEST(what is wrong with a manifest is said) {
  const auto with = [](const char* name, json value) {
    auto m = some_manifest();
    m[name] = std::move(value);
    return complaint(m);
  };
  CAF_CHECK(contains(with("id", "../x"), "manifest: id:"));
  CAF_CHECK(contains(with("command", {"run"}), "absolute path"));
  CAF_CHECK(contains(with("command", json::array()), "manifest: command:"));
  CAF_CHECK(contains(with("security_level", "mild"), "security_level"));
  CAF_CHECK(contains(with("extra", 1), "manifest: extra: unknown"));
  CAF_CHECK(contains(with("limits", {{"memory", 1}}), "limits.memory"));
  CAF_CHECK(contains(with("operations", json::object()), "at least one"));
  auto schema = some_manifest();
  schema["operations"]["say"]["parameters"] = {{"type", 7}};
  CAF_CHECK(contains(complaint(schema), "operations.say.parameters"));
  auto without = some_manifest();
  without.erase("version");
  CAF_CHECK(contains(complaint(without), "version: missing"));
  CAF_CHECK(contains(complaint(json(1)), "expected an object"));
}

CAF_TEST(requests are checked against the schema) {
  const auto x = manifest_from(some_manifest()).value();
  CAF_CHECK(check_request(x, "say", {{"text", "hi"}}));
  for (const json& wrong :
       {json::object(), json{{"text", 1}}, json{{"text", "a"}, {"more", 1}}})
    CAF_CHECK(!check_request(x, "say", wrong));
  const auto no = check_request(x, "sing", json::object());
  CAF_REQUIRE(!no);
  CAF_CHECK(contains(no.error().message, "there are say"));
}

CAF_TEST(the shipped manifests are good) {
  for (const char* id : {"filesystem", "shell"}) {
    std::ifstream in{std::string{CLOSEDPAW_SKILLS_DIR} + '/' + id +
                     "/manifest.json"};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    const auto x = manifest_from(*parse_json(text));
    CAF_REQUIRE(x);
    CAF_CHECK_EQUAL(x->id, id);
  }
}

CAF_TEST(a catalogue knows what its files are) {
  const temp_dir dir;
  const auto at = dir.path() / "demo";
  put(at / "manifest.json", dump(some_manifest()));
  put(at / "lib" / "a", "one");
  put(dir.path() / "broken" / "manifest.json", "{");
  catalogue all{{dir.path().string()}};
  all.refresh();
  CAF_REQUIRE_EQUAL(all.skills().size(), 1U);
  CAF_REQUIRE_EQUAL(all.broken().size(), 1U);
  CAF_CHECK(contains(all.broken()[0].why, "manifest.json"));
  const auto first = all.find("demo")->digest;
  CAF_CHECK_EQUAL(all.find("demo")->digest, first);
  put(at / "lib" / "a", "two");
  const auto second = all.find("demo")->digest;
  CAF_CHECK(first != second);
  ::chmod((at / "lib" / "a").c_str(), 0755);
  CAF_CHECK(all.find("demo")->digest != second);
  std::filesystem::create_symlink("/etc/passwd", at / "link");
  CAF_CHECK(!all.find("demo"));
  CAF_CHECK(all.find("none").error().code == errc::not_found);
}

CAF_TEST(changes are found from outside) {
  const temp_dir dir;
  const auto at = (dir.path() / "ws").string();
  CAF_REQUIRE(make_workspace(at));
  put(at + "/kept", "1");
  put(at + "/gone", "12");
  put(at + "/sub/changed", "123");
  const auto before = look_at_workspace(at);
  CAF_CHECK_EQUAL(before.bytes, 6U);
  std::filesystem::remove(at + "/gone");
  put(at + "/sub/changed", "1234");
  put(at + "/added", "12345");
  const auto found = workspace_changes(at, before, look_at_workspace(at));
  CAF_CHECK_EQUAL(found["added"].get<int>(), 1);
  CAF_CHECK_EQUAL(found["changed"].get<int>(), 1);
  CAF_CHECK_EQUAL(found["removed"].get<int>(), 1);
  CAF_CHECK_EQUAL(found["bytes_after"].get<int>(), 10);
  CAF_CHECK_EQUAL(
      found["files"][0]["sha256"].get<std::string>(),
      "5994471abb01112afcc18159f6cc74b4f511b99806da59b3caf5a9c173cacfc5");
  CAF_CHECK(look_at_workspace(at, 1).truncated);
}

CAF_TEST(a link out of the workspace is not read) {
  const temp_dir dir;
  const auto at = (dir.path() / "ws").string();
  CAF_REQUIRE(make_workspace(at));
  const auto before = look_at_workspace(at);
  std::filesystem::create_symlink("/etc/passwd", at + "/link");
  const auto found = workspace_changes(at, before, look_at_workspace(at));
  CAF_CHECK_EQUAL(found["files"][0]["path"].get<std::string>(), "link");
  CAF_CHECK_EQUAL(found["files"][0]["sha256"].get<std::string>(), "");
}

CAF_TEST(a sparse file takes no room) {
  const temp_dir dir;
  const auto at = (dir.path() / "ws").string();
  CAF_REQUIRE(make_workspace(at));
  put(at + "/sparse", "");
  std::filesystem::resize_file(at + "/sparse", std::uintmax_t{1} << 30);
  CAF_CHECK(workspace_bytes(at, 1 << 20) < 10'000);
  put(at + "/full", std::string(100'000, 'x'));
  CAF_CHECK(workspace_bytes(at, 1 << 20) > 100'000);
}

}  // namespace sandbox_skills_tests
