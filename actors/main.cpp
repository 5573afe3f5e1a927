#include <cstdio>

#include "actors/wiring/client_commands.hpp"
#include "actors/wiring/serve.hpp"
#include "actors/wiring/store_commands.hpp"
#include "http/cli/completion.hpp"
#include "http/cli/options.hpp"

namespace {

using namespace closedpaw;

struct runner {
  int operator()(const cli::serve_options& o) const { return wiring::serve(o); }
  int operator()(const cli::backup_options& o) const {
    return wiring::run_backup(o);
  }
  int operator()(const cli::restore_options& o) const {
    return wiring::run_restore(o);
  }
  int operator()(const cli::verify_options& o) const {
    return wiring::run_verify(o);
  }
  int operator()(const cli::chat_options& o) const {
    return wiring::start_chat(o);
  }
  int operator()(const cli::operate_options& o) const {
    return wiring::start_operate(o);
  }
  int operator()(const cli::vault_options& o) const {
    return wiring::start_vault(o);
  }
  int operator()(const cli::tokens_options& o) const {
    return wiring::start_tokens(o);
  }
  int operator()(const cli::doctor_options& o) const {
    return wiring::start_doctor(o);
  }
  int operator()(const cli::rules_options& o) const {
    return wiring::print_rules(o);
  }
  int operator()(const cli::completion_options& o) const {
    const auto script = cli::completion_script(o.target);
    return std::fwrite(script.data(), 1, script.size(), stdout) == script.size()
               ? 0
               : 1;
  }
};

}  // namespace

int main(int argc, char** argv) {
  auto parsed = cli::parse(argc, argv, "closedpaw " CLOSEDPAW_VERSION);
  if (auto* over = std::get_if<cli::early_exit>(&parsed)) {
    std::fputs(over->text.c_str(), over->status == 0 ? stdout : stderr);
    return over->status;
  }
  return std::visit(runner{}, std::get<cli::command>(parsed));
}
