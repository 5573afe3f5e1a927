#include "actors/security/prompts/spelling.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace closedpaw::security::prompts {

namespace {

bool is_letter(char c) {
  return c >= 'a' && c <= 'z';
}

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/// Cyrillic and Greek small letters that look like Latin ones (Unicode
/// Technical Standard 39, confusables).
constexpr std::array<std::pair<std::string_view, char>, 30> look_alikes{{
    {"а", 'a'}, {"с", 'c'}, {"ԁ", 'd'}, {"е", 'e'}, {"һ", 'h'}, {"і", 'i'},
    {"ї", 'i'}, {"ј", 'j'}, {"к", 'k'}, {"ӏ", 'l'}, {"м", 'm'}, {"п", 'n'},
    {"о", 'o'}, {"р", 'p'}, {"ԛ", 'q'}, {"г", 'r'}, {"ѕ", 's'}, {"т", 't'},
    {"у", 'y'}, {"ѵ", 'v'}, {"ԝ", 'w'}, {"х", 'x'}, {"α", 'a'}, {"ε", 'e'},
    {"ι", 'i'}, {"ο", 'o'}, {"ν", 'v'}, {"ɡ", 'g'}, {"ı", 'i'}, {"ɑ", 'a'},
}};

/// Only what nobody writes within a word otherwise: "2nd" and "b2b" are none.
char leet_letter(char c) {
  switch (c) {
    case '0':
      return 'o';
    case '1':
      return 'i';
    case '3':
      return 'e';
    case '4':
    case '@':
      return 'a';
    case '5':
    case '$':
      return 's';
    case '7':
      return 't';
    default:
      return 0;
  }
}

std::string without_look_alikes(std::string_view word) {
  std::string out;
  for (std::size_t i = 0; i < word.size();) {
    const auto* const known = std::ranges::find_if(
        look_alikes,
        [&](const auto& x) { return word.substr(i).starts_with(x.first); });
    if (known == look_alikes.end()) {
      out += word[i++];
      continue;
    }
    out += known->second;
    i += known->first.size();
  }
  return out;
}

/// Letters before and after a digit, and more letters than digits.
bool is_leet(std::string_view word) {
  std::size_t letters = 0;
  std::size_t marks = 0;
  bool within = false;
  for (const char c : word) {
    if (is_letter(c)) {
      ++letters;
      within = within || marks > 0;
    } else if (leet_letter(c) != 0) {
      ++marks;
    } else if (std::string_view{".,;:!?\"'()"}.find(c) ==
               std::string_view::npos) {
      return false;
    }
  }
  return letters >= 3 && marks >= 1 && letters + 1 >= marks && within &&
         word.size() >= 4;
}

/// Of each run of letters that has both Latin ones and others; "IT-отдел" has
/// two runs.
std::string letters_seen(std::string_view word, disguises& found) {
  const auto in_run = [](char c) {
    return is_letter(c) || static_cast<unsigned char>(c) >= 0x80;
  };
  std::string out;
  for (std::size_t i = 0; i < word.size();) {
    auto end = i;
    while (end < word.size() && in_run(word[end]))
      ++end;
    if (end == i) {
      out += word[i++];
      continue;
    }
    const auto run = word.substr(i, end - i);
    auto seen = std::ranges::any_of(run, is_letter) ? without_look_alikes(run)
                                                    : std::string{run};
    if (seen != run)
      ++found.look_alikes;
    out += seen;
    i = end;
  }
  return out;
}

/// "bob@example.org"
bool is_address(std::string_view word) {
  const auto at = word.find('@');
  return at != std::string_view::npos && at > 0 &&
         word.find('.', at) != std::string_view::npos;
}

/// Whether it can be anything but what it seems: most words cannot.
bool may_be_disguised(std::string_view word) {
  return std::ranges::any_of(word, [](char c) {
    return static_cast<unsigned char>(c) >= 0x80 || leet_letter(c) != 0;
  });
}

std::string plainly(std::string_view word, disguises& found) {
  const bool ascii = std::ranges::all_of(
      word, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (!ascii)
    return letters_seen(word, found);
  if (is_address(word) || !is_leet(word))
    return std::string{word};
  ++found.spelled;
  std::string out{word};
  for (auto& c : out)
    if (const char letter = leet_letter(c); letter != 0)
      c = letter;
  return out;
}

/// Where a run of single letters with one separator each ends; `begin` where
/// there is none of at least five.
std::size_t end_of_spaced(std::string_view text, std::size_t begin) {
  constexpr std::string_view separators = " .-_*|/";
  std::size_t i = begin;
  std::size_t letters = 0;
  const char separator = begin + 1 < text.size() ? text[begin + 1] : '\0';
  if (separators.find(separator) == std::string_view::npos)
    return begin;
  while (i < text.size() && is_letter(text[i]) &&
         (i + 1 == text.size() || text[i + 1] == separator ||
          !is_letter(text[i + 1]))) {
    ++letters;
    if (i + 2 < text.size() && text[i + 1] == separator &&
        is_letter(text[i + 2]) &&
        (i + 3 == text.size() || !is_letter(text[i + 3])))
      i += 2;
    else
      return letters >= 5 ? i + 1 : begin;
  }
  return begin;
}

}  // namespace

std::string as_words(std::string_view text, disguises& found) {
  std::string out;
  out.reserve(text.size());
  std::size_t i = 0;
  while (i < text.size()) {
    if (is_space(text[i])) {
      out += text[i++];
      continue;
    }
    if (const auto end = end_of_spaced(text, i); end != i) {
      // Words that are spaced out together are one here.
      found.spelled += end - i >= 19 ? 2 : 1;
      for (; i < end; ++i)
        if (is_letter(text[i]))
          out += text[i];
      continue;
    }
    auto end = i;
    while (end < text.size() && !is_space(text[end]))
      ++end;
    const auto word = text.substr(i, end - i);
    if (may_be_disguised(word))
      out += plainly(word, found);
    else
      out += word;
    i = end;
  }
  return out;
}

}  // namespace closedpaw::security::prompts
