#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/model/destination.hpp"
#include "messages/model/error.hpp"

namespace closedpaw::http {

// What an egress proxy allows and answers. Knows no socket.

using address_judge = std::function<std::optional<std::string>(
    std::string_view ip, std::uint16_t port, bool allow_private)>;

/// forbidden, unless a rule has it; see allows().
std::optional<failure> refuse_destination(const std::vector<std::string>& rules,
                                          const destination& to);

/// Addresses of this machine's interfaces; loopback is not among them.
std::vector<std::string> own_addresses();

/// Asks `next`, but refuses before that what whoever controls a name may lead
/// it to: loopback and `own`. Addresses and localhost say themselves where they
/// go.
address_judge without_names_of_here(address_judge next, const destination& to,
                                    std::vector<std::string> own);

/// The whole answer to a CONNECT that failed so.
std::string refusal_of(const failure& why);
std::string refusal_of(unsigned status, std::string text);

}  // namespace closedpaw::http
