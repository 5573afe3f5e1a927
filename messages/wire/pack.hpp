#pragma once

#include <boost/pfr/tuple_size.hpp>
#include <caf/deserializer.hpp>
#include <caf/error.hpp>
#include <caf/serializer.hpp>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "messages/model/access_token.hpp"
#include "messages/model/json_text.hpp"
#include "messages/model/secret.hpp"
#include "messages/model/time.hpp"
#include "messages/model/uuid.hpp"

/// Fields in forms that CAF 0.17 can carry: an optional as a list, JSON as
/// text, times and enums as integers.
namespace closedpaw::wire {

template <class T>
struct packer {
  using type = T;
  static const T& pack(const T& x) { return x; }
  static void unpack(type& from, T& to) { to = std::move(from); }
};

template <class T>
requires std::is_enum_v<T>
struct packer<T> {
  using type = std::underlying_type_t<T>;
  static type pack(T x) { return static_cast<type>(x); }
  static void unpack(type from, T& to) { to = static_cast<T>(from); }
};

template <>
struct packer<json> {
  using type = std::string;
  static type pack(const json& x) { return dump(x); }
  static void unpack(type& from, json& to) {
    auto parsed = parse_json(from);
    to = parsed ? std::move(*parsed) : json();
  }
};

template <>
struct packer<json_text> {
  using type = std::string;
  static const std::string& pack(const json_text& x) { return x.str(); }
  static void unpack(type& from, json_text& to) {
    auto parsed = parse_json(from);
    to = parsed ? json_text{*parsed} : json_text{};
  }
};

/// failure::extra, whose header comes before our own json.
template <>
struct packer<nlohmann::json> {
  using type = std::string;
  static type pack(const nlohmann::json& x) { return dump(json(x)); }
  static void unpack(type& from, nlohmann::json& to) {
    auto parsed = parse_json(from);
    to = parsed ? nlohmann::json(*parsed) : nlohmann::json();
  }
};

template <>
struct packer<secret_text> {
  using type = std::string;
  static const std::string& pack(const secret_text& x) { return x.reveal(); }
  static void unpack(type& from, secret_text& to) {
    to = secret_text{std::move(from)};
  }
};

template <>
struct packer<scope_set> {
  using type = std::uint8_t;
  static type pack(scope_set x) { return x.bits(); }
  static void unpack(type from, scope_set& to) {
    to = scope_set::of_bits(from);
  }
};

template <class Rep, class Period>
struct packer<std::chrono::duration<Rep, Period>> {
  using type = std::int64_t;
  static type pack(std::chrono::duration<Rep, Period> x) { return x.count(); }
  static void unpack(type from, std::chrono::duration<Rep, Period>& to) {
    to = std::chrono::duration<Rep, Period>{from};
  }
};

template <>
struct packer<timestamp> {
  using type = std::int64_t;
  static type pack(timestamp x) { return x.time_since_epoch().count(); }
  static void unpack(type from, timestamp& to) {
    to = timestamp{std::chrono::microseconds{from}};
  }
};

template <>
struct packer<uuid> {
  using type = std::array<std::uint8_t, 16>;
  static type pack(const uuid& x) { return x.bytes; }
  static void unpack(type& from, uuid& to) { to.bytes = from; }
};

template <class T>
struct packer<std::optional<T>> {
  using type = std::vector<typename packer<T>::type>;
  static type pack(const std::optional<T>& x) {
    type out;
    if (x)
      out.push_back(packer<T>::pack(*x));
    return out;
  }
  static void unpack(type& from, std::optional<T>& to) {
    to.reset();
    if (from.empty())
      return;
    // A list of booleans gives no reference to one.
    typename packer<T>::type value = std::move(from.front());
    packer<T>::unpack(value, to.emplace());
  }
};

template <class T>
inline constexpr std::size_t fields_left_behind = 0;

template <class T>
caf::error carry_field(caf::serializer& to, T& x) {
  auto packed = packer<T>::pack(x);
  return to(packed);
}

template <class T>
caf::error carry_field(caf::deserializer& from, T& x) {
  typename packer<T>::type packed{};
  auto failed = from(packed);
  if (!failed)
    packer<T>::unpack(packed, x);
  return failed;
}

/// All fields of `whole`, one after the other: one that is forgotten does not
/// compile.
template <class Inspector, class T, class... Fields>
caf::error fields(Inspector& f, const T& /*whole*/, Fields&... xs) {
  if constexpr (std::is_aggregate_v<T>)
    static_assert(sizeof...(Fields) + fields_left_behind<T> ==
                  boost::pfr::tuple_size_v<T>);
  caf::error failed;
  static_cast<void>((!(failed = carry_field(f, xs)) && ...));
  return failed;
}

}  // namespace closedpaw::wire
