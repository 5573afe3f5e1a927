#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "http/cli/options.hpp"

namespace closedpaw::cli {

/// Where the definitions write what was given.
struct bindings {
  serve_options serve;
  backup_options backup;
  restore_options restore;
  verify_options verify;
  chat_options chat;
  operate_options operate;
  vault_options vault;
  tokens_options tokens;
  doctor_options doctor;
  rules_options rules;
  std::string shell_name;
};

/// Every subcommand and option, once: parsing, help and shell completion all
/// read this. `out` outlives the result.
std::unique_ptr<CLI::App> build_app(bindings& out, std::string_view version);

}  // namespace closedpaw::cli
