#include "actors/wiring/client_commands.hpp"

#include <cstdio>
#include <fstream>
#include <iterator>

#include "actors/monitoring/alerts/prometheus_rules.hpp"
#include "actors/wiring/runtime.hpp"
#include "actors/wiring/serve.hpp"
#include "config/load.hpp"
#include "http/cli/chat.hpp"
#include "http/cli/doctor.hpp"
#include "http/cli/operate.hpp"
#include "http/cli/tokens.hpp"
#include "http/cli/vault.hpp"

namespace closedpaw::wiring {

namespace {

result<std::string> url_of(const cli::reaching_options& o) {
  if (o.url)
    return o.url->ends_with('/') ? o.url->substr(0, o.url->size() - 1) : *o.url;
  config::sources from;
  if (o.config)
    from.file = *o.config;
  from.env = config::process_environment();
  auto loaded = config::load(from);
  if (!loaded)
    return loaded.error();
  return "http://" + config::to_string(loaded->values.http.listen);
}

result<std::string> read_text(const std::string& option,
                              const std::string& file) {
  std::ifstream in{file};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
    text.pop_back();
  if (!in || text.empty())
    return failure{errc::bad_request,
                   option + " " + file + " cannot be read, or is empty",
                   {},
                   {}};
  return text;
}

/// A token is only for whom the connection is encrypted to.
result<cli::daemon_address> with_files(const cli::reaching_options& o,
                                       std::string url) {
  cli::daemon_address out{std::move(url)};
  if (o.ca_file) {
    auto pem = read_text("--ca-file", *o.ca_file);
    if (!pem)
      return pem.error();
    out.ca_pem = std::move(*pem);
  }
  if (o.token_file) {
    auto token = read_text("--token-file", *o.token_file);
    if (!token)
      return token.error();
    if (!parse_token(*token))
      return failure{errc::bad_request,
                     "--token-file " + *o.token_file +
                         " has no token; closedpaw tokens create prints one",
                     {},
                     {}};
    if (!out.url.starts_with("https://"))
      return failure{errc::bad_request,
                     "a token is not sent to " + out.url +
                         ", where others could read it on its way; use https",
                     {},
                     {}};
    out.token = secret_text{std::move(*token)};
  }
  return out;
}

result<cli::daemon_address> address(const cli::reaching_options& o) {
  auto url = url_of(o);
  return url ? with_files(o, std::move(*url)) : url.error();
}

int complain(const failure& why) {
  std::fprintf(stderr, "closedpaw: %s\n", why.message.c_str());
  return exit_config;
}

}  // namespace

int start_chat(const cli::chat_options& options) {
  const auto where = address(options);
  return where ? cli::run_chat(options, *where) : complain(where.error());
}

int start_operate(const cli::operate_options& options) {
  const auto where = address(options);
  return where ? cli::run_operate(options, *where) : complain(where.error());
}

int start_vault(const cli::vault_options& options) {
  const auto where = address(options);
  return where ? cli::run_vault(options, *where) : complain(where.error());
}

int start_tokens(const cli::tokens_options& options) {
  const auto where = address(options);
  return where ? cli::run_tokens(options, *where) : complain(where.error());
}

// A configuration that does not load is what it is to tell, too.
int start_doctor(const cli::doctor_options& options) {
  config::sources from;
  if (options.config)
    from.file = *options.config;
  from.env = config::process_environment();
  const auto loaded = config::load(from);
  std::string url;
  if (options.url)
    url = url_of(options).value();
  else if (loaded)
    url = "http://" + config::to_string(loaded->values.http.listen);
  const auto where = with_files(options, std::move(url));
  return where ? cli::run_doctor(options, loaded, *where)
               : complain(where.error());
}

int print_rules(const cli::rules_options& options) {
  const auto rules = read_alert_rules(options.file.value_or(""));
  if (!rules)
    return complain(rules.error());
  const auto text = options.format == "alertmanager"
                        ? monitoring::alerts::alertmanager_inhibitions(*rules)
                        : monitoring::alerts::prometheus_rules(*rules);
  return std::fputs(text.c_str(), stdout) < 0 ? 1 : 0;
}

}  // namespace closedpaw::wiring
