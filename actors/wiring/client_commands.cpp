#include "actors/wiring/client_commands.hpp"

#include <cstdio>

#include "actors/wiring/serve.hpp"
#include "config/load.hpp"
#include "http/cli/chat.hpp"

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

}  // namespace

int start_chat(const cli::chat_options& options) {
  const auto url = address(options.url, options.config);
  if (!url) {
    std::fprintf(stderr, "closedpaw: %s\n", url.error().message.c_str());
    return exit_config;
  }
  return cli::run_chat(options, *url);
}

}  // namespace closedpaw::wiring
