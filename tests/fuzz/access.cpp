#include "actors/security/access_control.hpp"
#include "messages/model/redaction.hpp"
#include "messages/model/sha256.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace closedpaw;
using namespace closedpaw::security;

// Credentials from outside, and the redaction of texts that may hold them.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = fuzz::text(data, size);
  static const std::string secret(token_secret_length, 'a');
  static const access_tokens tokens{{"0123456789ab",
                                     "t",
                                     to_hex(sha256({secret})),
                                     scope_set::of_bits(1),
                                     {},
                                     {},
                                     "uid:7"}};
  static login_sessions logins;
  const auto cut = std::min(input.find('\n'), input.size());
  const auto first = input.substr(0, cut);
  const auto rest = input.substr(std::min(cut + 1, input.size()));
  const auto who = identify({first, rest, false}, {"remote", "ip:192.0.2.1"},
                            tokens, logins, {});
  if (who)
    fuzz::must(first.find(secret) != std::string_view::npos,
               "nobody comes in without the secret");
  const auto local =
      identify({first, rest, true}, {"local", "uid:7"}, tokens, logins, {});
  fuzz::must(local || parse_token(first.substr(
                          std::min(first.size(), first.rfind(' ') + 1))),
             "a user is kept out by a wrong token of ours only");
  if (const auto token = parse_token(input))
    fuzz::must(to_string(*token) == input, "a token is read as it is written");
  if (const auto row = parse_json(input))
    if (const auto x = access_token_from("0123456789ab", *row))
      fuzz::must(access_token_from(x->id, stored_form(*x)) == x,
                 "a row is read as it is written");

  const auto once = redact(std::string{input});
  fuzz::must(once == std::string{input} || holds_secret(input),
             "only secrets are taken out");
  const auto json_form = parse_json(redact(dump(json{{"x", input}})));
  fuzz::must(json_form.has_value(), "what is JSON stays JSON");
  return 0;
}
