#pragma once

#include <string_view>

#include "messages/model/error.hpp"

/// What services' answers have in common. Pure.
namespace closedpaw::channels::codec {

/// What an HTTP status means unless a service's own code says more.
errc code_of(unsigned status);

/// Of a 2xx that does not hold what it should: `who` is the service, `what`
/// what is missing.
failure malformed_answer(std::string_view who, std::string_view what);

/// `told` is the service's explanation: hostile text of any length, or empty.
failure refusal(std::string_view who, errc code, unsigned status,
                std::string_view told);

}  // namespace closedpaw::channels::codec
