#pragma once

#include <string_view>

namespace closedpaw::security::prompts {

/// A linear model over hashed n-grams of characters and of words, trained by
/// training/train.py; its weights are part of the program. Gives the odds that
/// normalized text is an attack: the logarithm, 0 where both are as likely.
/// Linear in the text; any thread.
double attack_odds(std::string_view plain);

}  // namespace closedpaw::security::prompts
