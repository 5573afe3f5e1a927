#include "http/cli/vault.hpp"

#include <functional>

#include "http/cli/console.hpp"
#include "http/cli/daemon_client.hpp"
#include "http/cli/lists_text.hpp"

namespace closedpaw::cli {

namespace {

/// Replacing or forgetting the owner secret needs what it is so far.
result<json> with_present(
    const std::string& name, json body,
    const std::function<result<json>(const json&)>& ask_daemon) {
  auto answer = ask_daemon(body);
  if (answer || !wants_owner_secret(answer.error()))
    return answer;
  const auto present = read_secret("Present value of " + name, false);
  if (!present)
    return present.error();
  body["present"] = present->reveal();
  return ask_daemon(body);
}

result<json> set_secret(daemon_client& daemon, const vault_options& o) {
  const auto value = read_secret("Value of " + o.name, false);
  if (!value)
    return value.error();
  json body{{"name", o.name}, {"value", value->reveal()}};
  if (o.level)
    body["level"] = *o.level;
  return with_present(o.name, std::move(body), [&](const json& x) {
    return daemon.post("/api/vault/secrets", x);
  });
}

/// A new passphrase is asked for where there will be one.
result<json> rotate_key(daemon_client& daemon, const vault_options& o) {
  auto to = o.to;
  if (!to) {
    const auto now = daemon.get("/api/vault");
    if (!now)
      return now.error();
    to = now->value("source", "");
  }
  json body{{"to", *to}};
  if (*to == "passphrase") {
    const auto said = read_secret("New passphrase", true);
    if (!said)
      return said.error();
    body["passphrase"] = said->reveal();
  }
  return daemon.post("/api/vault/rotate", body);
}

result<json> unlock(daemon_client& daemon) {
  const auto now = daemon.get("/api/vault");
  if (!now)
    return now.error();
  json body = json::object();
  if (now->value("source", "") == "passphrase") {
    const auto said = read_secret("Passphrase", false);
    if (!said)
      return said.error();
    body["passphrase"] = said->reveal();
  }
  return daemon.post("/api/vault/unlock", body);
}

result<json> ask(daemon_client& daemon, const vault_options& o) {
  switch (o.what) {
    case operation_of_vault::list:
      return daemon.get("/api/vault");
    case operation_of_vault::set:
      return set_secret(daemon, o);
    case operation_of_vault::remove:
      return with_present(o.name, json::object(), [&](const json& x) {
        return daemon.remove("/api/vault/secrets?name=" + url_encoded(o.name),
                             x);
      });
    case operation_of_vault::rotate:
      return rotate_key(daemon, o);
    case operation_of_vault::reset:
      return with_present(
          "the owner secret", {{"forget_all", o.forget_all}},
          [&](const json& x) { return daemon.post("/api/vault/reset", x); });
    case operation_of_vault::lock:
      return daemon.post("/api/vault/lock", json::object());
    case operation_of_vault::unlock:
      return unlock(daemon);
  }
  return failure{errc::internal, "an unknown command", {}, {}};
}

}  // namespace

int run_vault(const vault_options& options, const daemon_address& where) {
  daemon_client daemon{where};
  const auto answer = ask(daemon, options);
  if (!answer)
    return tell(answer.error());
  if (options.as_json)
    print(*answer);
  else
    print(vault_text(*answer));
  return 0;
}

}  // namespace closedpaw::cli
