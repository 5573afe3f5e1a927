#define CAF_SUITE cli_completion
#include "http/cli/completion.hpp"

#include <cstdlib>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "tests/temporary_directory.hpp"
#include "tests/unit_test.hpp"

namespace cli_completion_tests {

using namespace closedpaw::cli;

namespace fs = std::filesystem;

bool has(const std::string& program) {
  return std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) ==
         0;
}

/// The scripts in a directory of their own, beside two things to complete.
struct fixture {
  fixture() {
    fs::create_directory(root / "a folder");
    std::ofstream{root / "a file.toml"} << "";
    std::ofstream{root / "bash"} << completion_script(shell::bash);
    std::ofstream{root / "zsh"} << completion_script(shell::zsh);
    std::ofstream{root / "fish"} << completion_script(shell::fish);
  }
  /// Standard output and error, and the status on a last line.
  std::string output_of(const std::string& command) const {
    const auto line = "cd '" + root.string() + "' && { " + command +
                      "; } 2>&1; echo status $?";
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe{
        ::popen(line.c_str(), "r"), ::pclose};
    CAF_REQUIRE(pipe != nullptr);
    std::string text;
    std::array<char, 4096> chunk{};
    while (const auto n = std::fread(chunk.data(), 1, chunk.size(), pipe.get()))
      text.append(chunk.data(), n);
    return text;
  }

  /// What bash offers for the last of these words, one per line.
  std::string offered(const std::string& words) const {
    std::ofstream{root / "ask"}
        << "source ./bash\nCOMP_WORDS=(" << words
        << ")\n"
           "COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
           "_closedpaw\n"
           "printf '%s\\n' \"${COMPREPLY[@]}\" | sort\n";
    return output_of("bash --norc ./ask");
  }

  closedpaw::temporary_directory directory;
  const fs::path& root = directory.path();
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in{text};
  for (std::string line; std::getline(in, line);)
    lines.push_back(line);
  return lines;
}

bool offers(const std::string& text, const std::string& word) {
  const auto lines = lines_of(text);
  return std::find(lines.begin(), lines.end(), word) != lines.end();
}

}  // namespace cli_completion_tests

CAF_TEST_FIXTURE_SCOPE(cli_completion_tests, fixture)

CAF_TEST(bash completes commands and options and values) {
  if (!has("bash")) {
    CAF_MESSAGE("skipped: bash is not installed");
    CAF_CHECK(!completion_script(shell::bash).empty());
    return;
  }
  CAF_CHECK_EQUAL(offered("closedpaw se"), "serve\nstatus 0\n");
  CAF_CHECK_EQUAL(
      offered("closedpaw ''"),
      "--help\n--version\n-h\nactions\nagents\nalerts\naudit\nbackup\n"
      "channels\nchat\ncompletion\ndoctor\ndrain\nlogs\npanic\npaths\n"
      "providers\nrestore\nresume\nserve\nshippers\nstatus\n"
      "tokens\ntree\nvault\nstatus 0\n");
  CAF_CHECK_EQUAL(offered("closedpaw serve --l"),
                  "--listen\n--log-format\nstatus 0\n");
  CAF_CHECK_EQUAL(offered("closedpaw serve --log-format ''"),
                  "auto\nhuman\njson\nstatus 0\n");
  CAF_CHECK_EQUAL(offered("closedpaw serve --log-format = h"),
                  "human\nstatus 0\n");
  CAF_CHECK_EQUAL(offered("closedpaw serve --log-format ="),
                  "auto\nhuman\njson\nstatus 0\n");
  CAF_CHECK_EQUAL(offered("closedpaw completion ''"),
                  "bash\nfish\nzsh\nstatus 0\n");
  CAF_CHECK_EQUAL(offered("closedpaw audit v"), "verify\nstatus 0\n");
  CAF_CHECK(offers(offered("closedpaw audit verify --pub"), "--public-key"));
  CAF_CHECK_EQUAL(offered("closedpaw serve --listen ''"), "\nstatus 0\n");
}

CAF_TEST(bash completes files and directories with spaces) {
  if (!has("bash")) {
    CAF_MESSAGE("skipped: bash is not installed");
    CAF_CHECK(!completion_script(shell::bash).empty());
    return;
  }
  CAF_CHECK_EQUAL(offered("closedpaw serve --config 'a f'"),
                  "a file.toml\na folder\nstatus 0\n");
  CAF_CHECK_EQUAL(offered("closedpaw serve -d 'a f'"), "a folder\nstatus 0\n");
  CAF_CHECK(offers(offered("closedpaw backup 'a f'"), "a folder"));
  CAF_CHECK(offers(offered("closedpaw backup -d x 'a fi'"), "a file.toml"));
}

CAF_TEST(zsh and fish accept their scripts) {
  for (const auto* name : {"zsh", "fish"}) {
    if (!has(name)) {
      CAF_MESSAGE("skipped: " << name << " is not installed");
      continue;
    }
    CAF_CHECK_EQUAL(output_of(std::string{name} + " -n ./" + name),
                    "status 0\n");
  }
  if (has("fish"))
    CAF_CHECK(offers(output_of("fish --no-config -c 'source ./fish; complete "
                               "-C \"closedpaw completion \" | cut -f1'"),
                     "zsh"));
}

CAF_TEST(every script knows every command and option) {
  for (const auto target : {shell::bash, shell::zsh, shell::fish}) {
    const auto script = completion_script(target);
    for (const auto* word : {"serve", "backup", "restore", "audit",
                             "completion", "config", "listen", "data-dir",
                             "set", "log-format", "human", "help", "version"})
      CAF_CHECK(script.find(word) != std::string::npos);
  }
}

CAF_TEST_FIXTURE_SCOPE_END()
