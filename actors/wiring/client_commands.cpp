#include "actors/wiring/client_commands.hpp"

#include <cstdio>

#include "actors/monitoring/alerts/prometheus_rules.hpp"
#include "actors/wiring/runtime.hpp"
#include "actors/wiring/serve.hpp"
#include "config/load.hpp"
#include "http/cli/chat.hpp"
#include "http/cli/doctor.hpp"
#include "http/cli/operate.hpp"
#include "http/cli/vault.hpp"

namespace closedpaw::wiring {

namespace {

result<std::string> address(const std::optional<std::string>& url,
                            const std::optional<std::string>& file) {
  if (url)
    return url->ends_with('/') ? url->substr(0, url->size() - 1) : *url;
  config::sources from;
  if (file)
    from.file = *file;
  from.env = config::process_environment();
  auto loaded = config::load(from);
  if (!loaded)
    return loaded.error();
  return "http://" + config::to_string(loaded->values.http.listen);
}

int complain(const failure& why) {
  std::fprintf(stderr, "closedpaw: %s\n", why.message.c_str());
  return exit_config;
}

}  // namespace

int start_chat(const cli::chat_options& options) {
  const auto url = address(options.url, options.config);
  return url ? cli::run_chat(options, *url) : complain(url.error());
}

int start_operate(const cli::operate_options& options) {
  const auto url = address(options.url, options.config);
  return url ? cli::run_operate(options, *url) : complain(url.error());
}

int start_vault(const cli::vault_options& options) {
  const auto url = address(options.url, options.config);
  return url ? cli::run_vault(options, *url) : complain(url.error());
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
    url = address(options.url, {}).value();
  else if (loaded)
    url = "http://" + config::to_string(loaded->values.http.listen);
  return cli::run_doctor(options, loaded, url);
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
