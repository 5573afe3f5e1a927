#define CAF_SUITE filesystem_skill

#include <fstream>

#include "actors/sandbox/skills/filesystem/beneath.hpp"
#include "actors/sandbox/skills/filesystem/operations.hpp"
#include "tests/unit/storage/fixture.hpp"
#include "tests/unit_test.hpp"

namespace filesystem_skill_tests {

using closedpaw::contains;
using closedpaw::storage::test::temp_dir;
using nlohmann::json;

struct fixture {
  fixture() { std::filesystem::create_directory(at()); }

  std::filesystem::path at() const { return dir.path() / "ws"; }
  json ask(const std::string& operation, const json& parameters) const {
    return closedpaw::skill::answer_to({{"operation", operation},
                                        {"parameters", parameters},
                                        {"settings", settings}},
                                       at().string());
  }
  json done(const std::string& operation, const json& parameters) const {
    const auto x = ask(operation, parameters);
    CAF_CHECK_EQUAL(x.value("error", std::string{}), "");
    return x.value("result", json());
  }
  std::string refused(const std::string& operation,
                      const json& parameters) const {
    return ask(operation, parameters).value("error", std::string{"none"});
  }
  std::string content(const char* path) const {
    std::ifstream in{at() / path};
    return {std::istreambuf_iterator<char>{in}, {}};
  }

  temp_dir dir;
  json settings{{"max_file_bytes", 20},
                {"max_read_bytes", 10},
                {"max_entries", 3},
                {"allowed_extensions", {"", ".txt"}}};
};

template <class Work>
bool refuses(Work work) {
  try {
    work();
    return false;
  } catch (const closedpaw::skill::file_error&) {
    return true;
  }
}

}  // namespace filesystem_skill_tests

CAF_TEST_FIXTURE_SCOPE(filesystem_skill_tests, fixture)

CAF_TEST(files are made read changed and removed) {
  done("mkdir", {{"path", "a/b"}});
  done("write", {{"path", "a/b/x.txt"}, {"content", "one"}});
  CAF_CHECK_EQUAL(
      done("append", {{"path", "a/b/x.txt"}, {"content", "two"}})["size"]
          .get<int>(),
      6);
  const auto read = done("read", {{"path", "a/b/x.txt"}});
  CAF_CHECK_EQUAL(read["content"].get<std::string>(), "onetwo");
  CAF_CHECK(!read["truncated"].get<bool>());
  CAF_CHECK_EQUAL(done("stat", {{"path", "a"}})["type"].get<std::string>(),
                  "directory");
  done("write", {{"path", "a/b/x.txt"}, {"content", "new"}});
  CAF_CHECK_EQUAL(content("a/b/x.txt"), "new");
  CAF_CHECK_EQUAL(done("list", {{"path", "a/b"}})["entries"].size(), 1U);
  done("delete", {{"path", "a/b/x.txt"}});
  done("delete", {{"path", "a/b"}});
  CAF_CHECK(done("list", {{"path", "a"}})["entries"].empty());
}

CAF_TEST(nothing leads out of the workspace) {
  std::ofstream{dir.path() / "secret.txt"} << "secret";
  std::filesystem::create_symlink(dir.path(), at() / "up");
  std::filesystem::create_symlink(dir.path() / "secret.txt", at() / "l.txt");
  for (const char* path :
       {"../secret.txt", "/etc/passwd", "up/secret.txt", "l.txt",
        "a/../../secret.txt", "/proc/self/root/etc/passwd"}) {
    for (const char* operation :
         {"read", "write", "append", "stat", "delete", "mkdir", "list"}) {
      // A link itself may be removed, and be there for mkdir.
      if (std::string{path} == "l.txt" && std::string{operation} == "delete")
        continue;
      CAF_CHECK(refused(operation, {{"path", path}, {"content", "x"}}) !=
                "none");
    }
  }
  std::ifstream in{dir.path() / "secret.txt"};
  CAF_CHECK_EQUAL((std::string{std::istreambuf_iterator<char>{in}, {}}),
                  "secret");
}

CAF_TEST(nor does it where the kernel cannot help) {
  std::ofstream{dir.path() / "secret.txt"} << "secret";
  std::filesystem::create_symlink(dir.path(), at() / "up");
  std::filesystem::create_symlink(dir.path() / "secret.txt", at() / "l.txt");
  const closedpaw::skill::beneath files{at().string(), true};
  for (const char* path : {"../secret.txt", "/etc/passwd", "up/secret.txt",
                           "l.txt", "a/../../secret.txt", "up/../secret.txt"}) {
    CAF_CHECK(refuses([&] { files.read(path, 9); }));
    CAF_CHECK(refuses([&] { files.write(path, "x"); }));
    CAF_CHECK(refuses([&] { files.append(path, "x", 99); }));
    CAF_CHECK(refuses([&] { files.stat(path); }));
  }
  files.make_directory("a/b");
  files.write("a/b/x.txt", "one");
  CAF_CHECK_EQUAL(files.read("a//b/./x.txt", 9), "one");
}

CAF_TEST(removing a link leaves what it points to) {
  std::ofstream{dir.path() / "kept.txt"} << "kept";
  std::filesystem::create_symlink(dir.path() / "kept.txt", at() / "l.txt");
  done("delete", {{"path", "l.txt"}});
  CAF_CHECK(std::filesystem::exists(dir.path() / "kept.txt"));
}

CAF_TEST(sizes and names are bounded) {
  CAF_CHECK(contains(
      refused("write", {{"path", "x.txt"}, {"content", std::string(21, 'x')}}),
      "longer than 20"));
  done("write", {{"path", "x.txt"}, {"content", std::string(20, 'x')}});
  CAF_CHECK(contains(refused("append", {{"path", "x.txt"}, {"content", "y"}}),
                     "longer than 20"));
  CAF_CHECK(done("read", {{"path", "x.txt"}})["truncated"].get<bool>());
  for (const char* path : {"x.sh", "X.EXE", "a/.b.so"})
    CAF_CHECK(contains(refused("write", {{"path", path}, {"content", ""}}),
                       "not allowed"));
  done("write", {{"path", "A.TXT"}, {"content", ""}});
  done("write", {{"path", ".hidden"}, {"content", ""}});
  done("write", {{"path", "plain"}, {"content", ""}});
  const auto list = done("list", json::object());
  CAF_CHECK_EQUAL(list["entries"].size(), 3U);
  CAF_CHECK(list["truncated"].get<bool>());
}

CAF_TEST(what is no text is told in base64) {
  std::ofstream{at() / "b"} << "\xff\xfe" << 'a' << '\0';
  const auto x = done("read", {{"path", "b"}});
  CAF_CHECK_EQUAL(x["encoding"].get<std::string>(), "base64");
  CAF_CHECK_EQUAL(x["content"].get<std::string>(), "//5hAA==");
}

CAF_TEST(what is wrong is said) {
  CAF_CHECK(contains(refused("read", {{"path", "none.txt"}}),
                     "No such file or directory"));
  CAF_CHECK(contains(refused("delete", {{"path", "."}}), "names no file"));
  CAF_CHECK(contains(refused("dance", {{"path", "x"}}), "no such operation"));
  CAF_CHECK(refused("read", {{"path", 7}}) != "none");
  done("mkdir", {{"path", "d"}});
  CAF_CHECK(contains(refused("read", {{"path", "d"}}), "not a regular file"));
  done("write", {{"path", "d/x"}, {"content", ""}});
  CAF_CHECK(contains(refused("delete", {{"path", "d"}}), "not empty"));
}

CAF_TEST_FIXTURE_SCOPE_END()
