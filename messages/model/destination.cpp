#include "messages/model/destination.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace closedpaw {

namespace {

constexpr std::size_t longest_name = 253;
constexpr std::string_view any_label = "*.";

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_';
}

std::string lower(std::string_view text) {
  std::string out{text};
  for (char& c : out)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return out;
}

/// Without brackets where it has them; empty where it is no host.
std::string host_from(std::string_view text) {
  auto host = lower(text);
  if (host.starts_with('[')) {
    if (!host.ends_with(']'))
      return {};
    // Of its many forms the one of RFC 5952.
    in6_addr address{};
    std::array<char, INET6_ADDRSTRLEN> shown{};
    if (::inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(),
                    &address) != 1 ||
        ::inet_ntop(AF_INET6, &address, shown.data(), shown.size()) == nullptr)
      return {};
    return shown.data();
  }
  if (host.ends_with('.'))
    host.pop_back();
  const bool fits = !host.empty() && host.size() <= longest_name &&
                    std::ranges::all_of(host, is_name_character) &&
                    host.front() != '.' && host.back() != '.' &&
                    host.find("..") == std::string::npos;
  return fits ? host : std::string{};
}

/// Of a rule; the rest of it.
std::string_view without_any_label(std::string_view rule) {
  return rule.starts_with(any_label) ? rule.substr(any_label.size()) : rule;
}

}  // namespace

std::string to_string(const destination& x) {
  const bool v6 = x.host.find(':') != std::string::npos;
  return (v6 ? '[' + x.host + ']' : x.host) + ':' + std::to_string(x.port);
}

std::optional<destination> destination_from(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return std::nullopt;
  destination out;
  out.host = host_from(text.substr(0, colon));
  const auto port = text.substr(colon + 1);
  const auto [end, error] =
      std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (out.host.empty() || error != std::errc{} ||
      end != port.data() + port.size() || out.port == 0)
    return std::nullopt;
  return out;
}

bool is_destination_rule(std::string_view text) {
  return destination_from(without_any_label(text)).has_value();
}

bool allows(std::string_view rule, const destination& to) {
  const auto known = destination_from(without_any_label(rule));
  if (!known || known->port != to.port)
    return false;
  if (!rule.starts_with(any_label))
    return known->host == to.host;
  return to.host.size() > known->host.size() + 1 &&
         to.host.ends_with('.' + known->host);
}

}  // namespace closedpaw
