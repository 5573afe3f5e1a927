#include "actors/security/prompts/classifier.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>

// The weights as train.py wrote them: bias f32 ‖ scale f32 ‖ an i8 for each
// place; little-endian, as all machines are that we run on.
asm(".section .rodata\n"
    ".balign 64\n"
    "closedpaw_prompt_weights:\n"
    ".incbin \"" CLOSEDPAW_PROMPT_WEIGHTS
    "\"\n"
    ".previous\n");
extern "C" const unsigned char closedpaw_prompt_weights[];

namespace closedpaw::security::prompts {

namespace {

constexpr std::size_t places = 1 << 16;
constexpr std::size_t header_size = 8;
constexpr std::size_t shortest_gram = 3;
constexpr std::size_t longest_gram = 5;
constexpr std::size_t longest_words = 3;
/// A text of fewer features says too little to be sure of anything.
constexpr std::size_t fewest = 150;

/// FNV-1a.
constexpr std::uint32_t hash_begin = 2'166'136'261U;
constexpr std::uint32_t hash_step(std::uint32_t hash, char c) {
  return (hash ^ static_cast<unsigned char>(c)) * 16'777'619U;
}
constexpr std::size_t place_of(std::uint32_t hash) {
  return (hash ^ hash >> 15) % places;
}

float float_at(std::size_t offset) {
  float out = 0;
  std::memcpy(&out, closedpaw_prompt_weights + offset, sizeof out);
  return out;
}

/// Sums the weights of distinct places.
class sum_of_weights {
 public:
  void add(std::uint32_t hash) {
    const auto place = place_of(hash);
    if (seen_[place])
      return;
    seen_[place] = true;
    ++distinct_;
    sum_ +=
        static_cast<std::int8_t>(closedpaw_prompt_weights[header_size + place]);
  }
  double odds() const {
    const auto n = std::max(distinct_, fewest);
    return static_cast<double>(sum_) * float_at(4) /
               std::sqrt(static_cast<double>(n)) +
           float_at(0);
  }

 private:
  std::bitset<places> seen_;
  std::int64_t sum_ = 0;
  std::size_t distinct_ = 0;
};

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '\'' || static_cast<unsigned char>(c) >= 0x80;
}

void add_grams(std::string_view text, sum_of_weights& to) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto hash = hash_begin;
    for (std::size_t k = 0; k < longest_gram && i + k < text.size(); ++k) {
      hash = hash_step(hash, text[i + k]);
      if (k + 1 >= shortest_gram)
        to.add(hash);
    }
  }
}

std::uint32_t with_word(std::uint32_t hash, std::string_view word) {
  for (const char c : word)
    hash = hash_step(hash, c);
  return hash;
}

/// One, two and three words in a row, and two with one between them.
void add_words(std::string_view text, sum_of_weights& to) {
  std::array<std::string_view, longest_words> last{};
  std::size_t n = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == ' ') {
      ++i;
      continue;
    }
    auto end = i + 1;
    if (is_word_byte(text[i]))
      while (end < text.size() && is_word_byte(text[end]))
        ++end;
    last = {last[1], last[2], text.substr(i, end - i)};
    i = end;
    n = std::min(n + 1, longest_words);
    for (std::size_t words = 1; words <= n; ++words) {
      auto hash = hash_step(hash_begin, '\x01');
      for (std::size_t k = longest_words - words; k < longest_words; ++k) {
        if (k > longest_words - words)
          hash = hash_step(hash, ' ');
        hash = with_word(hash, last[k]);
      }
      to.add(hash);
    }
    if (n == longest_words) {
      auto hash = with_word(hash_step(hash_begin, '\x02'), last[0]);
      to.add(with_word(hash_step(hash, ' '), last[2]));
    }
  }
}

}  // namespace

double attack_odds(std::string_view plain) {
  std::string text{' '};
  text.reserve(plain.size() + 2);
  for (const char c : plain)
    text += c == '\n' ? ' ' : c;
  text += ' ';
  sum_of_weights sum;
  add_grams(text, sum);
  add_words(text, sum);
  return sum.odds();
}

}  // namespace closedpaw::security::prompts
