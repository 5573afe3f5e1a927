#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/model/json.hpp"
#include "messages/model/json_text.hpp"
#include "messages/model/uuid.hpp"

/// A conversation with a model. Its JSON is that of OpenAI's chat completions
/// (platform.openai.com/docs/api-reference/chat), which an action's parameters
/// and result have as well.
namespace closedpaw {

/// A function that the model wants to be called: by whoever asked it, never by
/// us.
struct tool_call {
  std::string id{};
  std::string name{};
  /// JSON, as the model wrote it.
  std::string arguments{};
  /// Google's thought signature, which its models want back with the call;
  /// OpenAI's form has it where Google's own does, in "extra_content".
  std::string signature{};

  bool operator==(const tool_call&) const = default;
};

/// A piece of what a user says: text, or an image.
struct content_part {
  std::string text{};
  /// Where the image is: http(s), or "data:image/…;base64,…". Empty for text.
  std::string image_url{};
  /// OpenAI's "low", "high", "auto" or nothing.
  std::string detail{};

  bool operator==(const content_part&) const = default;
};

/// What a data: URL (RFC 2397) holds; views of it.
struct inline_image {
  std::string_view media_type;
  std::string_view base64;
};

struct chat_message {
  /// "system", "developer", "user", "assistant", or "tool" for what a call
  /// returned.
  std::string role{};
  /// All the text.
  std::string content{};
  /// An assistant's.
  std::vector<tool_call> tool_calls{};
  /// A tool's: which call it answers.
  std::string tool_call_id{};
  /// All of it, where there are images.
  std::vector<content_part> parts{};

  bool operator==(const chat_message&) const = default;
};

/// A function that the model may want to be called.
struct tool_definition {
  std::string name{};
  std::string description{};
  /// A JSON Schema; null for a function without parameters.
  json_text parameters{};
  /// The arguments follow the schema exactly, where the vendor knows that.
  std::optional<bool> strict{};

  bool operator==(const tool_definition&) const = default;
};

enum class tool_choice : std::uint8_t {
  automatic,
  none,
  /// One at least.
  required,
  /// That one.
  named,
};

/// What a chat may call, and whether it must.
struct tool_use {
  std::vector<tool_definition> tools{};
  tool_choice choice = tool_choice::automatic;
  /// Of tool_choice::named.
  std::string name{};
  /// Several calls in one answer; what is not set is the vendor's own.
  std::optional<bool> parallel{};

  bool operator==(const tool_use&) const = default;
};

/// What is wrong with JSON that was to be read, and where.
struct misreading {
  /// As "messages[0].role".
  std::string place;
  std::string what;
};

/// `body`'s "messages"; on failure `out` is of no use.
std::optional<misreading> read_messages(const json& body,
                                        std::vector<chat_message>& out);
/// `body`'s "tools", "tool_choice" and "parallel_tool_calls".
std::optional<misreading> read_tool_use(const json& body, tool_use& out);
/// `body`'s "response_format": null for plain text.
std::optional<misreading> read_response_format(const json& body,
                                               json_text& out);

/// Nothing where the URL says where an image is and not what it is.
std::optional<inline_image> read_inline_image(std::string_view url);

/// A chat's parameters, with the size and the hash of each image in its place:
/// for a log that is kept.
json_text without_images(const json_text& parameters);

json to_json(const chat_message& x);
json to_json(const tool_call& x);
json to_json(const std::vector<tool_call>& calls);
/// What read_tool_use reads.
void write_tool_use(json& body, const tool_use& x);

/// Ids for calls that their vendor gave none, unique in any conversation since
/// an action has one answer; and arguments for those without.
void complete_calls(std::vector<tool_call>& calls, const uuid& action);

/// The name of the function that the message at `index` tells the result of;
/// the call's id where the conversation does not have the call.
std::string called_function(const std::vector<chat_message>& conversation,
                            std::size_t index);

/// A call's arguments as the object that other vendors want. What is none, as a
/// model may write, becomes the member "arguments" of one.
json arguments_object(const tool_call& x);

}  // namespace closedpaw
