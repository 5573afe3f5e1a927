#include "actors/security/prompts/normalize.hpp"

#include <utf8proc.h>

#include <cstdlib>
#include <utility>

#include "actors/security/prompts/encoded_runs.hpp"
#include "actors/security/prompts/spelling.hpp"

namespace closedpaw::security::prompts {

namespace {

constexpr utf8proc_int32_t replacement = 0xFFFD;

bool is_tag(utf8proc_int32_t c) {
  return c >= 0xE0000 && c <= 0xE0FFF;
}

bool shows_nothing(utf8proc_int32_t c) {
  return utf8proc_category(c) == UTF8PROC_CATEGORY_CF ||
         (c >= 0xFE00 && c <= 0xFE0F) || is_tag(c) || c == 0x034F ||
         c == 0x115F || c == 0x1160 || c == 0x2800 || c == 0x3164 ||
         c == 0xFFA0;
}

bool ends_a_line(utf8proc_int32_t c) {
  return c == 0x85 || c == 0x2028 || c == 0x2029;
}

/// Strokes through a letter, which no language writes that way.
bool is_overlay(utf8proc_int32_t c) {
  return c >= 0x0334 && c <= 0x0338;
}

/// Longer runs of marks are no text, and sorting them takes quadratic time
/// (Unicode Standard Annex 15, Stream-Safe Text Format).
constexpr std::size_t most_marks = 30;

void append(std::string& to, utf8proc_int32_t c) {
  utf8proc_uint8_t bytes[4];
  const auto n = utf8proc_encode_char(c, bytes);
  to.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(n));
}

/// NFKC of a run without ASCII, in lower case if wanted.
void append_compatible(std::string& to, std::string_view run, bool fold) {
  auto options = UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_STABLE;
  if (fold)
    options |= UTF8PROC_CASEFOLD;
  utf8proc_uint8_t* out = nullptr;
  const auto n =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(run.data()),
                   static_cast<utf8proc_ssize_t>(run.size()), &out,
                   static_cast<utf8proc_option_t>(options));
  if (n >= 0)
    to.append(reinterpret_cast<const char*>(out), static_cast<std::size_t>(n));
  std::free(out);
}

/// Takes a text apart: ASCII by the character, all else in runs.
class walker {
 public:
  explicit walker(disguises& found) : found_{found} {}

  /// Marks on Latin letters go: what is left is what a reader sees.
  walker& without_marks() {
    drops_marks_ = true;
    return *this;
  }

  /// Calls `ascii(char)` and `other(run without what shows nothing)` in order.
  template <class Ascii, class Other>
  void walk(std::string_view text, const Ascii& ascii, const Other& other) {
    for (std::size_t i = 0; i < text.size();) {
      utf8proc_int32_t point = static_cast<unsigned char>(text[i]);
      utf8proc_ssize_t n = 1;
      if (point >= 0x80)
        n = utf8proc_iterate(
            reinterpret_cast<const utf8proc_uint8_t*>(text.data() + i),
            static_cast<utf8proc_ssize_t>(text.size() - i), &point);
      i += n > 0 ? static_cast<std::size_t>(n) : 1;
      if (n <= 0)
        point = replacement;
      if (point >= 0x80 && !ends_a_line(point)) {
        take(point);
        continue;
      }
      if (!run_.empty())
        other(std::exchange(run_, {}));
      last_ = point >= 0x80 ? '\n' : static_cast<char>(point);
      marks_ = 0;
      ascii(last_);
    }
    if (!run_.empty())
      other(std::exchange(run_, {}));
  }

 private:
  void take(utf8proc_int32_t point) {
    const bool after_letter = run_.empty() && is_ascii_letter(last_);
    if (shows_nothing(point)) {
      // Emoji and some scripts need them; Latin letters do not.
      if (after_letter || is_tag(point))
        ++found_.invisible;
      return;
    }
    const bool mark = utf8proc_get_property(point)->combining_class != 0;
    marks_ = mark ? marks_ + 1 : 0;
    if (mark && (marks_ > most_marks || (after_letter && drops_marks_))) {
      if (marks_ > 1 || is_overlay(point))
        ++found_.invisible;
      return;
    }
    append(run_, point);
  }

  static bool is_ascii_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  disguises& found_;
  std::string run_;
  char last_ = 0;
  std::size_t marks_ = 0;
  bool drops_marks_ = false;
};

bool is_control(char c) {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' &&
          c != '\r' && c != '\f' && c != '\v') ||
         c == 0x7F;
}

std::string folded(std::string_view text, disguises& found) {
  std::string out;
  out.reserve(text.size());
  walker{found}.without_marks().walk(
      text,
      [&](char c) {
        if (is_control(c))
          ++found.controls;
        else
          out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      },
      [&](const std::string& run) { append_compatible(out, run, true); });
  return out;
}

/// NFKC turns most of Unicode's spaces into ASCII's.
std::string one_space_each(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  char pending = 0;
  for (const char c : text) {
    if (c == ' ' || (c >= '\t' && c <= '\r')) {
      pending = c == '\n' || pending == '\n' ? '\n' : ' ';
      continue;
    }
    if (pending != 0 && !out.empty())
      out += pending;
    pending = 0;
    out += c;
  }
  return out;
}

std::string plain_of(std::string_view text, disguises& found) {
  // Two spaces end a word that is spaced out.
  return one_space_each(as_words(folded(text, found), found));
}

}  // namespace

normalized_text normalize(std::string_view utf8) {
  normalized_text out;
  out.plain = plain_of(utf8, out.found);
  disguises ignored;
  for (const auto& x : decoded_runs(utf8, max_decoded))
    out.decoded.push_back(plain_of(x, ignored));
  if (out.decoded.size() < max_decoded)
    if (auto turned = rot13_of(out.plain))
      out.decoded.push_back(std::move(*turned));
  return out;
}

std::string without_disguise(std::string_view utf8) {
  disguises ignored;
  std::string out;
  out.reserve(utf8.size());
  walker{ignored}.walk(
      utf8,
      [&](char c) {
        if (!is_control(c))
          out += c;
      },
      [&](const std::string& run) { append_compatible(out, run, false); });
  return out;
}

}  // namespace closedpaw::security::prompts
