#include "actors/wiring/remote_access.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <fstream>
#include <iterator>
#include <utility>

#include "messages/log.hpp"

namespace closedpaw::wiring {

namespace {

failure unusable(const std::string& key, const std::string& file,
                 const std::string& why) {
  return {errc::bad_request,
          "http.remote." + key + ": " + file + " " + why,
          {},
          {}};
}

result<std::string> read_file(const std::string& key, const std::string& file) {
  std::ifstream in{file};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  if (!in || text.empty())
    return unusable(key, file, "cannot be read, or is empty");
  return text;
}

result<std::string> read_key(const std::string& file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0)
    return unusable("key_file", file, "cannot be found");
  if ((found.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return unusable("key_file", file,
                    "can be read by others; chmod 600 " + file);
  return read_file("key_file", file);
}

result<http::tls_identity> identity_of(const config::remote_settings& s) {
  auto certificate = read_file("certificate_file", s.certificate_file);
  if (!certificate)
    return certificate.error();
  auto key = read_key(s.key_file);
  if (!key)
    return key.error();
  return http::tls_identity{std::move(*certificate),
                            secret_text{std::move(*key)}};
}

}  // namespace

result<http::remote_options> remote_options_of(const runtime& r) {
  const auto& s = r.settings.remote;
  auto identity = identity_of(s);
  if (!identity)
    return identity.error();
  if (r.live.tokens.get()->empty())
    log::warn("main",
              "nobody can come in from another machine: there is no token",
              {{"advice", "closedpaw tokens create NAME --scope read"}});
  return http::remote_options{s.listen.host, s.listen.port, s.names,
                              std::move(*identity), s.max_connections};
}

void renew_identity(runtime& r, http::server& server) {
  if (server.remote_port() == 0)
    return;
  auto identity = identity_of(r.settings.remote);
  if (!identity) {
    log::error("main",
               "the certificate stays as it was: " + identity.error().message);
    return;
  }
  boost::asio::post(r.io, [&server, identity = std::move(*identity)] {
    if (auto done = server.renew(identity); !done)
      log::error("main",
                 "the certificate stays as it was: " + done.error().message);
    else
      log::info("main", "the certificate was read again");
  });
}

namespace {

void end_streams(const runtime& r) {
  if (const auto* server = r.server.load())
    server->end_remote_streams();
}

}  // namespace

void serve_logins(runtime& r, front_door& door) {
  r.live.log_in = [&door](const std::string& token) {
    return door.log_in(token);
  };
  r.live.log_out = [&r, &door](std::string_view cookie) {
    if (door.log_out(cookie))
      end_streams(r);
  };
}

void end_old_logins(runtime& r, front_door& door) {
  boost::asio::post(r.io, [&r, &door] {
    if (door.forget_old_logins())
      end_streams(r);
  });
}

void end_expired(const runtime& r, timestamp& looked) {
  const auto before = std::exchange(looked, r.live.now());
  const auto tokens = r.live.tokens.get();
  if (std::ranges::any_of(*tokens, [&](const access_token& x) {
        return x.expires_at && *x.expires_at > before &&
               *x.expires_at <= looked;
      }))
    end_streams(r);
}

}  // namespace closedpaw::wiring
