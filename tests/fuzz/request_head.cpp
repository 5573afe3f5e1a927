#include <string>
#include <utility>
#include <vector>

#include "actors/security/request_policy.hpp"
#include "http/server/header_scanner.hpp"
#include "http/server/request_target.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace closedpaw;
using verdict = http::header_scanner::verdict;

namespace {

constexpr std::size_t limit = 1024;

bool refused(verdict x) {
  return x == verdict::malformed || x == verdict::too_large;
}

/// What arrives byte by byte is judged like what arrives at once; only the
/// reason of a refusal may differ, since the first one found is given.
void check_scanner(std::string_view input) {
  http::header_scanner whole{limit};
  const auto expected = whole.scan(input);
  http::header_scanner slow{limit};
  auto got = verdict::need_more;
  for (std::size_t n = 1; n <= input.size() && got == verdict::need_more; ++n)
    got = slow.scan(input.substr(0, n));
  fuzz::must(refused(got) ? refused(expected) : got == expected,
             "the verdict does not depend on how bytes arrive");
  if (expected == verdict::complete) {
    fuzz::must(whole.size() == slow.size(), "nor does the size");
    fuzz::must(whole.size() <= limit, "a complete block is within the limit");
  }
}

void check_policy(std::string_view input) {
  static const auto ours =
      security::make_policy(8000, {"http://localhost:3000"});
  const auto split = input.find('\n');
  const std::string host{input.substr(0, split)};
  const std::string origin{
      split == std::string_view::npos ? "" : input.substr(split + 1)};
  const std::vector<std::pair<std::string, std::string>> headers{
      {"host", host}, {"origin", origin}, {"content-type", "application/json"}};
  const security::request_view view{"POST", "/api/actions", headers,
                                    std::nullopt, true};
  const bool trusted = security::host_allowed(host, ours) &&
                       security::origin_allowed(origin, ours);
  if (!security::check_request(view, ours))
    fuzz::must(trusted, "only our hosts and origins pass");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = fuzz::text(data, size);
  check_scanner(input);
  check_policy(input);
  if (const auto target = http::read_target(input, http::method::get))
    for (const char c : target->path + target->query)
      fuzz::must(c > 0x20 && c < 0x7f && c != '#',
                 "a target is printable ASCII");
  return 0;
}
