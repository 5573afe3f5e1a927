#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>

namespace closedpaw::channels::codec::discord {

/// What a later process needs to go on.
struct session_cursor {
  /// Empty: none to resume.
  std::string session;
  std::string resume_url;
  std::uint64_t sequence = 0;
  std::string own_id;
  /// The last message of each conversation, the most recent first; bounded.
  std::deque<std::pair<std::string, std::string>> last;

  /// Conversations of which more is to be read, each after that message: what
  /// was said while no session held.
  std::deque<std::pair<std::string, std::string>> missed;

  /// A new session: all that are known, unless they are to be read already.
  void miss_all();
  void note(const std::string& conversation, const std::string& message);
  bool operator==(const session_cursor&) const = default;
};

std::string to_text(const session_cursor& x);
/// An empty one for a text that is none.
session_cursor cursor_from(std::string_view text);

}  // namespace closedpaw::channels::codec::discord
