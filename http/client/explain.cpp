#include "http/client/explain.hpp"

#include <boost/algorithm/string/case_conv.hpp>
#include <boost/asio/error.hpp>

namespace closedpaw::http::client_detail::explain {

namespace {

failure make(errc code, std::string message) {
  return failure{.code = code,
                 .message = std::move(message),
                 .retry_after = {},
                 .extra = {}};
}

/// Nothing of the request was sent, so that it may be sent again.
failure before_sending(failure f) {
  f.extra = {{"phase", "connect"}};
  return f;
}

/// "Connection refused" → "connection refused".
std::string cause(const error_code& ec) {
  auto text = ec.message();
  return boost::algorithm::to_lower_copy(text, std::locale::classic());
}

}  // namespace

failure bad_request(std::string_view what) {
  return make(errc::bad_request,
              "the HTTP request cannot be sent: " + std::string{what});
}

failure cancelled(const url& to) {
  return make(errc::cancelled,
              "the request to " + to.origin() + " was cancelled");
}

failure timed_out(const url& to, phase p, std::chrono::milliseconds budget) {
  auto within = std::to_string(budget.count()) + " ms";
  switch (p) {
    case phase::connect:
      return before_sending(make(
          errc::timeout, "no connection to " + to.origin() + " within " +
                             within +
                             " (connect timeout); is the server reachable?"));
    case phase::first_byte:
      return make(errc::timeout,
                  to.origin() + " did not begin to answer within " + within +
                      " (first-byte timeout); it may be overloaded");
    case phase::idle:
    case phase::rest:
      return make(errc::timeout,
                  to.origin() + " stopped in the middle of its answer for " +
                      within + " (idle timeout); it may be overloaded");
    case phase::total:
      break;
  }
  return make(errc::timeout,
              to.origin() + " did not finish its answer within " + within +
                  " (total timeout); allow it more time or ask for less");
}

failure slow_reader(const url& to, std::chrono::milliseconds budget) {
  auto out =
      make(errc::timeout, "whoever reads the answer of " + to.origin() +
                              " held it up until the total timeout of " +
                              std::to_string(budget.count()) + " ms was over");
  out.extra = {{"phase", "reader"}};
  return out;
}

failure cannot_resolve(const url& to, const error_code& ec) {
  return before_sending(
      make(errc::unreachable, "cannot find the address of " + to.host +
                                  " for " + to.origin() + ": " + cause(ec) +
                                  "; check the name and the DNS settings"));
}

failure cannot_connect(const url& to, const error_code& ec) {
  return before_sending(
      make(errc::unreachable, "cannot connect to " + to.origin() + ": " +
                                  cause(ec) + "; is the server running?"));
}

failure address_refused(const url& to, std::string_view why) {
  return make(errc::forbidden, "connecting to " + to.origin() +
                                   " is not allowed: " + std::string{why});
}

failure blocked(const url& to, std::string_view why) {
  auto out = before_sending(make(
      errc::unavailable,
      "nothing goes out, " + to.origin() + " included: " + std::string{why}));
  out.extra["blocked"] = true;
  return out;
}

failure tls_failed(const url& to, std::string_view why) {
  return before_sending(
      make(errc::unreachable,
           "cannot set up TLS with " + to.origin() + ": " + std::string{why}));
}

failure no_answer(const url& to, const error_code& ec) {
  auto how =
      ec == boost::asio::error::eof ? std::string{"it was closed"} : cause(ec);
  return make(errc::unreachable, "lost the connection to " + to.origin() +
                                     " before an answer: " + how +
                                     "; did the server restart?");
}

failure broken_answer(const url& to, const error_code& ec) {
  return make(errc::unreachable, "lost the connection to " + to.origin() +
                                     " in the middle of its answer: " +
                                     cause(ec) + "; did the server crash?");
}

failure short_answer(const url& to) {
  return make(errc::upstream_malformed,
              to.origin() +
                  " closed the connection in the middle of its answer; what "
                  "arrived is incomplete and was discarded");
}

failure long_answer(const url& to, std::size_t limit) {
  return make(errc::upstream_malformed,
              "the answer of " + to.origin() + " is longer than the " +
                  std::to_string(limit) + " bytes that are accepted");
}

failure not_http(const url& to, std::string_view why) {
  return make(errc::upstream_malformed,
              to.origin() + " did not answer with valid HTTP (" +
                  std::string{why} + "); is it the right address and port?");
}

failure defect(const url& to, std::string_view what) {
  return make(errc::internal,
              "the request to " + to.origin() +
                  " failed within the client: " + std::string{what});
}

}  // namespace closedpaw::http::client_detail::explain
