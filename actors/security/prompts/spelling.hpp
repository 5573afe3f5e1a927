#pragma once

#include <string>
#include <string_view>

#include "actors/security/prompts/normalize.hpp"

namespace closedpaw::security::prompts {

/// Lower-case text whose words are spelled plainly: Cyrillic and Greek letters
/// within Latin words become what they look like, "i g n o r e" becomes
/// "ignore", "1gn0r3" too. Words wholly of another script stay. Pure.
std::string as_words(std::string_view text, disguises& found);

}  // namespace closedpaw::security::prompts
