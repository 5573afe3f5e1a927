#include "actors/channels/codec/answers.hpp"

#include <string>

namespace closedpaw::channels::codec {

namespace {

constexpr std::size_t longest_told = 300;

}  // namespace

errc code_of(unsigned status) {
  switch (status) {
    case 400:
    case 413:
      return errc::bad_request;
    case 401:
      return errc::upstream_refused;
    case 403:
      return errc::forbidden;
    case 404:
      return errc::not_found;
    case 429:
      return errc::too_many_requests;
    default:
      return errc::upstream_failed;
  }
}

failure malformed_answer(std::string_view who, std::string_view what) {
  std::string text{who};
  (text += "'s answer is not its protocol: ") += what;
  return {errc::upstream_malformed, std::move(text), {}, {}};
}

failure refusal(std::string_view who, errc code, unsigned status,
                std::string_view told) {
  std::string text{who};
  text += " answered with " + std::to_string(status);
  if (!told.empty())
    (text += ": ") += told.substr(0, longest_told);
  if (code == errc::upstream_refused)
    text += "; its token is refused, store another one";
  return {code, std::move(text), {}, {{"upstream_status", status}}};
}

}  // namespace closedpaw::channels::codec
