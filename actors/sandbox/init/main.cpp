#include <signal.h>
#include <sys/prctl.h>

#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "actors/sandbox/init/command_runner.hpp"

// The first program in an agent's sandbox: runs commands, one a line, and
// answers with a line each, until its input ends. With --once it is the program
// of the shell skill: one request, one answer.

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

}  // namespace

int main(int argc, char** argv) {
  // Its memory and its streams are not for those that it runs.
  prctl(PR_SET_DUMPABLE, 0);
  signal(SIGPIPE, SIG_IGN);
  if (argc == 2 && std::string_view{argv[1]} == "--once")
    return once();
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
