#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <future>
#include <iostream>
#include <iterator>
#include <thread>

#include "actors/sandbox/runtime/isolation.hpp"
#include "actors/sandbox/runtime/process.hpp"
#include "actors/sandbox/skills/manifest.hpp"
#include "actors/sandbox/skills/workspace.hpp"

// From the request to the filesystem skill's answer: the program alone, the
// program in bubblewrap, and in a sandbox of ours (its control group, limits,
// seccomp filter, account; a launcher that waited). In turns, so that all have
// the same machine. Prints one JSON object, with each time of each.

namespace {

using namespace closedpaw;
using namespace closedpaw::sandbox;
using clock_type = std::chrono::steady_clock;

double ms_since(clock_type::time_point begun) {
  return std::chrono::duration<double, std::milli>(clock_type::now() - begun)
      .count();
}

/// Whether it answered well.
bool is_good(const std::string& answer) {
  return answer.find("\"ok\":true") != std::string::npos;
}

/// The program with that input; its output.
std::string run_plain(std::vector<std::string> command,
                      const std::string& input) {
  int in[2];
  int out[2];
  if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
    return {};
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, in[0], 0);
  posix_spawn_file_actions_adddup2(&files, out[1], 1);
  std::vector<char*> arguments;
  for (auto& x : command)
    arguments.push_back(x.data());
  arguments.push_back(nullptr);
  char* environment[] = {nullptr};
  pid_t pid = 0;
  posix_spawn(&pid, arguments[0], &files, nullptr, arguments.data(),
              environment);
  posix_spawn_file_actions_destroy(&files);
  close(in[0]);
  close(out[1]);
  [[maybe_unused]] const auto written =
      write(in[1], input.data(), input.size());
  close(in[1]);
  std::string answer;
  char block[4096];
  for (ssize_t n = 0; (n = read(out[0], block, sizeof block)) > 0;)
    answer.append(block, static_cast<std::size_t>(n));
  close(out[0]);
  waitpid(pid, nullptr, 0);
  return answer;
}

/// The same in a sandbox of ours.
std::string run_sandboxed(isolation& where, boost::asio::io_context& io,
                          const sandbox_spec& spec, const std::string& input) {
  std::promise<result<launched>> begun;
  where.start(spec, [&](result<launched> x) { begun.set_value(std::move(x)); });
  auto started = begun.get_future().get();
  if (!started)
    throw failure_exception{started.error()};
  const auto group = started->group;
  std::promise<void> ended;
  std::string answer;
  process_events events;
  events.output = [&](const std::string& text) { answer += text; };
  events.ended = [&](exit_status) { ended.set_value(); };
  const auto run = watch(io, std::move(*started), 65'536, std::move(events));
  run->begin();
  run->write(input, true);
  ended.get_future().get();
  run->forget();
  where.retire(group, spec.id);
  return answer;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"spawn-to-result of the filesystem skill"};
  int rounds = 100;
  std::string build = "build/release";
  app.add_option("--rounds", rounds);
  app.add_option("--build", build, "where closedpaw-launcher is");
  CLI11_PARSE(app, argc, argv);
  build = std::filesystem::absolute(build).string();

  const auto skill = build + "/skills/filesystem";
  std::ifstream in{skill + "/manifest.json"};
  const auto manifest = manifest_from(
      *parse_json(std::string{std::istreambuf_iterator<char>{in}, {}}));
  const std::string dir = "/tmp/closedpaw-sandbox-spawn";
  isolation_options options;
  options.runtimes = {"bubblewrap"};
  options.program_directories = {"/usr/bin"};
  options.helpers = build;
  options.directory = dir + "/bundles";
  options.instance = "sandbox-spawn";
  isolation where{options};
  where.probe();
  if (const auto no = where.refusal({})) {
    std::fprintf(stderr, "%s\n", no->message.c_str());
    return 1;
  }
  boost::asio::io_context io;
  const auto guard = boost::asio::make_work_guard(io);
  std::jthread loop{[&] { io.run(); }};

  sandbox_spec spec;
  spec.command = manifest->command;
  spec.limits = manifest->limits;
  spec.workspace = dir + "/workspace";
  spec.shown = {{"/skill", skill}};
  std::filesystem::create_directories(spec.workspace);
  make_workspace(spec.workspace).value();
  auto bare_spec = spec;
  // Without giving up the account, the workspace is its.
  bare_spec.workspace = dir + "/bare";
  std::filesystem::create_directories(bare_spec.workspace);
  auto alone = bubblewrap_order("/usr/bin/bwrap", bare_spec, false).command;
  const auto filter = std::ranges::find(alone, "--seccomp");
  alone.erase(filter, filter + 2);
  // Outside of a sandbox it finds no /workspace, and says so: the same work.
  const auto input = dump(json{{"operation", "list"},
                               {"parameters", json::object()},
                               {"settings", manifest->settings}});
  std::vector<double> plain;
  std::vector<double> bare;
  std::vector<double> ours;
  for (int i = 0; i < rounds; ++i) {
    auto begun = clock_type::now();
    run_plain({skill + "/filesystem"}, input);
    plain.push_back(ms_since(begun));
    begun = clock_type::now();
    const bool good = is_good(run_plain(alone, input));
    bare.push_back(ms_since(begun));
    spec.id = "s" + std::to_string(i);
    begun = clock_type::now();
    const bool good_too = is_good(run_sandboxed(where, io, spec, input));
    ours.push_back(ms_since(begun));
    if (!good || !good_too) {
      std::fprintf(stderr, "a skill did not answer well\n");
      io.stop();
      return 1;
    }
    // For the next launcher: a request a second needs no more than that.
    std::this_thread::sleep_for(std::chrono::milliseconds{60});
  }
  std::cout << dump(json{{"plain_ms", plain},
                         {"bubblewrap_ms", bare},
                         {"ours_ms", ours}})
            << '\n';
  io.stop();
}
