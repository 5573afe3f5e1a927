#pragma once

#include <string>
#include <string_view>

namespace closedpaw::channels::codec {

/// Models' Markdown in Telegram's MarkdownV2 (Bot API, "Formatting options"):
/// fenced and inline code, bold, headings (as bold), list marks and http(s)
/// links stay what they are; everything else is escaped and shown as written.
std::string to_markdown_v2(std::string_view markdown);

}  // namespace closedpaw::channels::codec
