#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "messages/model/json.hpp"

namespace closedpaw {

/// A JSON value kept as its compact text. What is stored, hashed and shown
/// again is rarely looked into, and a text costs a fraction of a tree.
class json_text {
 public:
  /// null
  json_text() : text_{"null"} {}
  /// A template, so that braces alone do not become an array by mistake.
  template <std::same_as<json> Value>
  json_text(const Value& value) : text_{dump(value)} {}
  json_text(const json_text&) = default;
  json_text& operator=(const json_text&) = default;
  /// Leaves null behind.
  json_text(json_text&& other) noexcept
      : text_{std::exchange(other.text_, "null")} {}
  json_text& operator=(json_text&& other) noexcept {
    text_ = std::exchange(other.text_, "null");
    return *this;
  }

  /// What was written by our own dump() or json_writer.
  static json_text trusted(std::string compact) {
    json_text out;
    out.text_ = std::move(compact);
    return out;
  }
  static json_text empty_object() { return trusted("{}"); }

  const std::string& str() const { return text_; }
  /// The tree, parsed anew each time.
  json value() const;
  /// The compact text of an object's member, without parsing the rest; nothing
  /// where there is none, or no object. Lives as long as this.
  std::optional<std::string_view> member(std::string_view key) const;

  bool operator==(const json_text&) const = default;

 private:
  std::string text_;
};

}  // namespace closedpaw
