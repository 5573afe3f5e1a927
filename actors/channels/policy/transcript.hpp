#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/model/commit_unit.hpp"
#include "messages/model/conversation.hpp"
#include "messages/model/provider.hpp"

namespace closedpaw::channels {

struct transcript_limits {
  /// Roughly in memory, of all conversations together.
  std::size_t bytes = std::size_t{4} * 1024 * 1024;
  std::size_t turns_per_conversation = 200;
  /// What a model is told of what was said before.
  std::size_t context_turns = 20;
  std::size_t context_bytes = 16'384;
};

/// What was said on a channel, as far as it is kept: the oldest goes first.
/// Rows are recorded by whoever uses it, before add(). Pure.
class transcript {
 public:
  explicit transcript(std::string channel, transcript_limits limits = {})
      : channel_{std::move(channel)}, limits_{limits} {}

  void restore(const std::map<std::string, json>& rows);
  /// What records this turn, and lets go of what is then too much.
  std::vector<registry_change> rows_for(const turn& x) const;
  /// It is recorded.
  void add(turn x);
  /// What a model is to know of a conversation, oldest first.
  std::vector<chat_message> context(const std::string& conversation) const;
  /// The turn that this delivery became.
  std::optional<uuid> find_delivery(const std::string& conversation,
                                    std::string_view delivery) const;
  std::size_t size() const { return turns_.size(); }

 private:
  std::vector<uuid> overflow(const turn& x) const;

  std::string channel_;
  transcript_limits limits_;
  /// By id, and so by time.
  std::map<uuid, turn> turns_;
  std::map<std::string, std::vector<uuid>> by_conversation_;
  std::size_t bytes_ = 0;
};

}  // namespace closedpaw::channels
