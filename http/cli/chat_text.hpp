#pragma once

#include <string>
#include <string_view>

#include "messages/model/json.hpp"

namespace closedpaw::cli {

/// Text of models and people for a terminal: lines stay, whatever could steer
/// the terminal does not.
std::string shown(std::string_view text);

/// An answer that arrives in pieces and then whole. Pure: gives back what to
/// print.
class answer_text {
 public:
  /// The next piece.
  std::string piece(std::string_view text);
  /// All of it: what is still to be printed, with a line break at the end.
  std::string whole(std::string_view text);

 private:
  std::string printed_;
};

/// One turn of a conversation's history, as one prints it.
std::string shown_turn(const json& turn);

}  // namespace closedpaw::cli
