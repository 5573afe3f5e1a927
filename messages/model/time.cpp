#include "messages/model/time.hpp"

#include <array>
#include <charconv>
#include <cstdio>

namespace closedpaw {

namespace {

using namespace std::chrono;

// Reads exactly `width` digits and moves past them.
std::optional<int> digits(std::string_view& text, std::size_t width) {
  if (text.size() < width)
    return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < width; ++i) {
    if (text[i] < '0' || text[i] > '9')
      return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(width);
  return value;
}

bool eat(std::string_view& text, char c) {
  if (text.empty() || text.front() != c)
    return false;
  text.remove_prefix(1);
  return true;
}

std::optional<sys_days> parse_date(std::string_view& text) {
  auto y = digits(text, 4);
  if (!y || !eat(text, '-'))
    return std::nullopt;
  auto m = digits(text, 2);
  if (!m || !eat(text, '-'))
    return std::nullopt;
  auto d = digits(text, 2);
  if (!d)
    return std::nullopt;
  year_month_day date{year{*y}, month{static_cast<unsigned>(*m)},
                      day{static_cast<unsigned>(*d)}};
  if (!date.ok())
    return std::nullopt;
  return sys_days{date};
}

std::optional<microseconds> parse_fraction(std::string_view& text) {
  if (!eat(text, '.'))
    return microseconds{0};
  int value = 0;
  int places = 0;
  bool any = false;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    if (places < 6) {
      value = value * 10 + (text.front() - '0');
      ++places;
    }
    any = true;
    text.remove_prefix(1);
  }
  if (!any)
    return std::nullopt;
  for (; places < 6; ++places)
    value *= 10;
  return microseconds{value};
}

std::optional<microseconds> parse_clock(std::string_view& text) {
  auto h = digits(text, 2);
  if (!h || *h > 23 || !eat(text, ':'))
    return std::nullopt;
  auto m = digits(text, 2);
  if (!m || *m > 59)
    return std::nullopt;
  microseconds total = hours{*h} + minutes{*m};
  if (!eat(text, ':'))
    return total;
  auto s = digits(text, 2);
  if (!s || *s > 60)
    return std::nullopt;
  auto fraction = parse_fraction(text);
  if (!fraction)
    return std::nullopt;
  return total + seconds{*s} + *fraction;
}

// A query string turns '+' into a space, so that is accepted as well.
std::optional<minutes> parse_zone(std::string_view text) {
  if (text.empty() || text == "Z" || text == "z")
    return minutes{0};
  const bool negative = text.front() == '-';
  if (!negative && text.front() != '+' && text.front() != ' ')
    return std::nullopt;
  text.remove_prefix(1);
  auto h = digits(text, 2);
  if (!h || *h > 23)
    return std::nullopt;
  eat(text, ':');
  auto m = digits(text, 2);
  if (!m || *m > 59 || !text.empty())
    return std::nullopt;
  minutes offset = hours{*h} + minutes{*m};
  return negative ? -offset : offset;
}

}  // namespace

timestamp system_now() {
  return time_point_cast<microseconds>(system_clock::now());
}

std::string to_iso8601(timestamp t) {
  auto day_start = floor<days>(t);
  year_month_day date{day_start};
  hh_mm_ss clock{t - day_start};
  std::array<char, 40> buffer;
  int n = std::snprintf(
      buffer.data(), buffer.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%06d",
      static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
      static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()),
      static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()),
      static_cast<int>(clock.subseconds().count()));
  return {buffer.data(), static_cast<std::size_t>(n)};
}

std::optional<timestamp> parse_iso8601(std::string_view text) {
  auto date = parse_date(text);
  if (!date)
    return std::nullopt;
  timestamp t{time_point_cast<microseconds>(*date)};
  if (text.empty())
    return t;
  if (!eat(text, 'T') && !eat(text, 't') && !eat(text, ' '))
    return std::nullopt;
  auto clock = parse_clock(text);
  if (!clock)
    return std::nullopt;
  auto zone = parse_zone(text);
  if (!zone)
    return std::nullopt;
  return t + *clock - *zone;
}

}  // namespace closedpaw
