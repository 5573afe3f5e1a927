#include "actors/security/login_sessions.hpp"

#include <algorithm>

#include "messages/model/sha256.hpp"

namespace closedpaw::security {

std::list<login_sessions::entry>::iterator login_sessions::look_up(
    std::string_view cookie) {
  return std::ranges::find(all_, to_hex(sha256({cookie})), &entry::digest);
}

void login_sessions::begin(std::string_view cookie, std::string token_id,
                           timestamp now) {
  if (all_.size() >= most)
    all_.pop_back();
  all_.push_front({to_hex(sha256({cookie})), std::move(token_id), now, now});
}

std::optional<std::string> login_sessions::find(std::string_view cookie,
                                                timestamp now) {
  const auto it = look_up(cookie);
  if (it == all_.end())
    return std::nullopt;
  // It stays until forget_old(), whose caller ends its streams.
  if (is_over(*it, now))
    return std::nullopt;
  it->used = now;
  all_.splice(all_.begin(), all_, it);
  return it->token_id;
}

bool login_sessions::is_over(const entry& x, timestamp now) {
  return now - x.used >= longest_idle || now - x.began >= longest;
}

std::size_t login_sessions::forget_old(timestamp now) {
  return std::erase_if(all_, [&](const entry& x) { return is_over(x, now); });
}

bool login_sessions::end(std::string_view cookie) {
  const auto it = look_up(cookie);
  if (it == all_.end())
    return false;
  all_.erase(it);
  return true;
}

std::string_view cookie_value(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    const auto cut = std::min(header.find(';'), header.size());
    auto pair = header.substr(0, cut);
    header.remove_prefix(std::min(cut + 1, header.size()));
    while (pair.starts_with(' '))
      pair.remove_prefix(1);
    if (pair.size() > name.size() && pair.starts_with(name) &&
        pair[name.size()] == '=')
      return pair.substr(name.size() + 1);
  }
  return {};
}

}  // namespace closedpaw::security
