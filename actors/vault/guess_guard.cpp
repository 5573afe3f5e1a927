#include "actors/vault/guess_guard.hpp"

#include <openssl/crypto.h>

#include <algorithm>

#include "messages/model/sha256.hpp"

namespace closedpaw::vault {

std::optional<failure> guess_guard::refuse(monotonic now) const {
  if (now >= not_before_)
    return std::nullopt;
  const auto wait =
      std::chrono::ceil<std::chrono::milliseconds>(not_before_ - now);
  return failure{
      errc::too_many_requests,
      "there were " + std::to_string(wrong_) +
          " wrong guesses in a row; the next one is heard in " +
          std::to_string(
              std::chrono::ceil<std::chrono::seconds>(wait).count()) +
          " s",
      wait,
      {}};
}

void guess_guard::guessed(bool right, monotonic now) {
  if (right) {
    *this = {};
    return;
  }
  ++wrong_;
  if (wrong_ < free_guesses)
    return;
  const auto doublings = std::min(wrong_ - free_guesses, 10U);
  not_before_ =
      now + std::min(std::chrono::seconds{1U << doublings}, longest_wait);
}

std::optional<failure> guess_guards::refuse(const std::string& who,
                                            monotonic now) const {
  const auto it = all_.find(who);
  return it == all_.end() ? std::nullopt : it->second.refuse(now);
}

void guess_guards::guessed(const std::string& who, bool right, monotonic now) {
  if (right) {
    all_.erase(who);
    return;
  }
  if (all_.size() >= most && !all_.contains(who))
    std::erase_if(all_, [&](const auto& x) { return !x.second.refuse(now); });
  if (all_.size() >= most && !all_.contains(who))
    all_.erase(all_.begin());
  all_[who].guessed(false, now);
}

bool is_same(const secret_text& a, const secret_text& b) {
  const auto x = sha256({a.reveal()});
  const auto y = sha256({b.reveal()});
  return CRYPTO_memcmp(x.data(), y.data(), x.size()) == 0;
}

}  // namespace closedpaw::vault
