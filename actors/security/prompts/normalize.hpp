#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// What a text says once its disguise is taken off. Pure; linear in the text.
namespace closedpaw::security::prompts {

struct disguises {
  /// Zero-width, bidirectional, tag and other characters that show nothing,
  /// within words of Latin letters, and strokes through these.
  std::size_t invisible = 0;
  /// Words of Latin letters and look-alikes of other scripts.
  std::size_t look_alikes = 0;
  /// Words spelled "i g n o r e", or "1gn0r3".
  std::size_t spelled = 0;
  std::size_t controls = 0;
};

struct normalized_text {
  /// Lower case, NFKC, one space for each run of spaces (a newline where the
  /// run has one), without what shows nothing, look-alikes as what they look
  /// like, spaced and leetspeak words as words.
  std::string plain;
  /// What its encoded parts decode to (base64, hex, escapes, and rot13 of the
  /// whole when that looks like English), also what these contain, normalized
  /// as well; at most max_decoded of them.
  std::vector<std::string> decoded;
  disguises found;
};

inline constexpr std::size_t max_decoded = 64;

normalized_text normalize(std::string_view utf8);

/// For showing: NFKC without what shows nothing; case, words and lines stay.
std::string without_disguise(std::string_view utf8);

}  // namespace closedpaw::security::prompts
