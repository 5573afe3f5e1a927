#pragma once

#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "http/client/job.hpp"

/// The client's failures in words. Each names the origin, the cause and what
/// to do; none repeats a path, a query or a header.
namespace closedpaw::http::client_detail::explain {

using boost::system::error_code;

failure bad_request(std::string_view what);
failure cancelled(const url& to);
failure timed_out(const url& to, phase p, std::chrono::milliseconds budget);
/// The sink's reader did not want more until the total deadline.
failure slow_reader(const url& to, std::chrono::milliseconds budget);
failure cannot_resolve(const url& to, const error_code& ec);
failure cannot_connect(const url& to, const error_code& ec);
failure address_refused(const url& to, std::string_view why);
/// The client is blocked; it may go later.
failure blocked(const url& to, std::string_view why);
failure tls_failed(const url& to, std::string_view why);
/// The connection ended before a byte of the answer.
failure no_answer(const url& to, const error_code& ec);
/// It broke (was reset) within the answer.
failure broken_answer(const url& to, const error_code& ec);
/// It was closed within the answer.
failure short_answer(const url& to);
failure long_answer(const url& to, std::size_t limit);
failure not_http(const url& to, std::string_view why);
failure defect(const url& to, std::string_view what);

}  // namespace closedpaw::http::client_detail::explain
