#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "actors/sandbox/init/command_runner.hpp"
#include "actors/sandbox/init/egress_forwarder.hpp"

// The first program in an agent's sandbox: runs commands, one a line, and
// answers with a line each, until its input ends. With --once it is the program
// of the shell skill: one request, one answer. After "--egress SOCKET" there is
// a network. "-- COMMAND…" is run as it is, by a first process that reaps what
// others leave.

namespace {

using namespace closedpaw::sandbox;
using json = nlohmann::json;

command_request request_of(const json& x) {
  command_request out;
  const auto& command = x.at("command");
  if (command.is_string())
    out.command = {"/bin/sh", "-c", command.get<std::string>()};
  else
    out.command = command.get<std::vector<std::string>>();
  if (out.command.empty())
    throw std::invalid_argument{"command: expected a text, or a list of texts"};
  out.timeout = std::chrono::milliseconds{x.value("timeout_ms", 30'000)};
  out.output_bytes = x.value("output_bytes", out.output_bytes);
  return out;
}

json to_json(const command_outcome& x) {
  json out{{"timed_out", x.timed_out},
           {"truncated", x.truncated},
           {"stdout", x.output},
           {"stderr", x.errors}};
  out["exit_code"] = x.exit_code ? json(*x.exit_code) : json();
  out["signal"] = x.signal ? json(*x.signal) : json();
  return out;
}

json answer_to(const json& request) {
  try {
    return {{"ok", true},
            {"result", to_json(run_command(request_of(request)))}};
  } catch (const std::exception& e) {
    return {{"ok", false}, {"error", e.what()}};
  }
}

void say(const json& x) {
  std::cout << x.dump(-1, ' ', false, json::error_handler_t::replace) << '\n'
            << std::flush;
}

int once() {
  const std::string text{std::istreambuf_iterator<char>{std::cin}, {}};
  const auto request = json::parse(text, nullptr, false);
  if (!request.is_object() || !request.contains("parameters")) {
    say({{"ok", false}, {"error", "expected {operation, parameters}"}});
    return 0;
  }
  say(answer_to(request["parameters"]));
  return 0;
}

[[noreturn]] void become(char** command) {
  signal(SIGPIPE, SIG_DFL);
  execvp(command[0], command);
  std::cerr << "cannot execute " << command[0] << ": " << std::strerror(errno)
            << '\n';
  _exit(127);
}

pid_t passed_to = -1;

/// How it ended, as a shell tells it.
int run_first(char** command) {
  passed_to = fork();
  if (passed_to == 0)
    become(command);
  if (passed_to < 0) {
    std::cerr << "cannot start a process: " << std::strerror(errno) << '\n';
    return 126;
  }
  // Its input and its end are seen by whoever has the other ends.
  close(0);
  signal(SIGTERM, [](int number) { kill(passed_to, number); });
  for (;;) {
    int status = 0;
    const auto ended = wait(&status);
    if (ended < 0 && errno != EINTR)
      return 126;
    if (ended == passed_to)
      return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }
}

int serve() {
  say({{"ready", true}});
  for (std::string line; std::getline(std::cin, line);) {
    const auto request = json::parse(line, nullptr, false);
    auto answer = request.is_object()
                      ? answer_to(request)
                      : json{{"ok", false}, {"error", "malformed request"}};
    if (request.is_object() && request.contains("id"))
      answer["id"] = request["id"];
    say(answer);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  // Its memory and its streams are not for those that it runs.
  prctl(PR_SET_DUMPABLE, 0);
  signal(SIGPIPE, SIG_IGN);
  const auto is = [&](int i, std::string_view word) {
    return i < argc && argv[i] == word;
  };
  int next = 1;
  if (is(next, "--egress") && next + 1 < argc) {
    try {
      start_egress(argv[next + 1]);
    } catch (const std::exception& e) {
      std::cerr << "there is no way to the network: " << e.what() << '\n';
      return 127;
    }
    next += 2;
  }
  if (is(next, "--once"))
    return once();
  if (is(next, "--") && next + 1 < argc)
    return run_first(argv + next + 1);
  return serve();
}
