#pragma once

#include <string>
#include <string_view>

namespace closedpaw::http {

/// Text from models, skills, users and logs, made harmless to look at: control
/// characters, line separators, bidirectional controls and invisible characters
/// become "\u{202E}", bytes that are no UTF-8 become U+FFFD. Everything else
/// stays.
std::string inert(std::string_view text);

/// For the inside of a double-quoted DOT label.
std::string inert_dot(std::string_view text);

/// For the inside of a double-quoted Mermaid label: whatever is not a letter,
/// a digit or harmless punctuation becomes an entity, since Mermaid reads
/// directives and Markdown inside quotes too.
std::string inert_mermaid(std::string_view text);

/// For HTML text and double-quoted attributes.
std::string inert_html(std::string_view text);

/// How many characters a terminal advances, as far as we care: code points.
std::size_t text_width(std::string_view utf8);

}  // namespace closedpaw::http
