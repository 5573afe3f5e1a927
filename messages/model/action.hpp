#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/model/error.hpp"
#include "messages/model/json_text.hpp"
#include "messages/model/time.hpp"
#include "messages/model/uuid.hpp"

namespace closedpaw {

enum class action_type : std::uint8_t {
  chat,
  skill_execution,
  model_switch,
  api_call,
  file_operation,
  config_change,
};

enum class action_status : std::uint8_t {
  pending,
  approved,
  rejected,
  executing,
  completed,
  failed,
};

enum class security_level : std::uint8_t { low, medium, high, critical };

std::string_view to_string(action_type x);
std::string_view to_string(action_status x);
std::string_view to_string(security_level x);
std::optional<action_type> parse_action_type(std::string_view text);
std::optional<action_status> parse_action_status(std::string_view text);

/// Rejected, completed and failed actions never change again.
constexpr bool is_terminal(action_status x) {
  return x == action_status::rejected || x == action_status::completed ||
         x == action_status::failed;
}

/// Who is at the other end, as we found out and not as it claims.
struct principal {
  /// "local" (a peer whose uid we looked up), "channel" (a service's user),
  /// "system" (ourselves).
  std::string kind = "system";
  /// "uid:1000" for local peers, "NAME:USER" with the channel's name and the
  /// service's immutable id.
  std::string id = "closedpaw";

  bool operator==(const principal&) const = default;
};

/// What a client asks for.
struct action_request {
  action_type type = action_type::chat;
  json parameters = json::object();
  std::optional<std::string> skill_id;
};

/// The row of one action, as stored and as shown.
struct action {
  uuid id;
  /// 1 for the first row; each stored change adds one.
  std::uint64_t version = 0;
  action_type type = action_type::chat;
  action_status status = action_status::pending;
  security_level level = security_level::medium;
  std::optional<std::string> skill_id;
  json_text parameters = json_text::empty_object();
  /// SHA-256 over type, skill and parameters; an approval is bound to it.
  std::string digest;
  /// Null until it ended; for a failed one it repeats the error.
  json_text result;
  /// Set when failed: the message and its code.
  std::optional<std::string> error;
  std::optional<std::string> error_code;
  timestamp created_at{};
  std::optional<timestamp> completed_at;
  /// The authenticated peer; the body's `user_id` is only claimed.
  principal requested_by;
  std::optional<principal> decided_by;
  std::optional<std::string> claimed_user;
  std::string request_id;
};

/// The stored form, compact JSON; reading is lossless.
std::string row_bytes(const action& x);
result<action> action_from_bytes(std::string_view bytes);

/// For event streams: which action, and what became of it.
struct action_summary {
  explicit action_summary(const action& x)
      : id{x.id},
        type{x.type},
        status{x.status},
        level{x.level},
        error{x.error} {}

  uuid id;
  action_type type;
  action_status status;
  security_level level;
  std::optional<std::string> error;
};

json to_json(const action_summary& x);

/// SHA-256 in lower-case hex of what an approver is shown.
std::string action_digest(action_type type,
                          const std::optional<std::string>& skill_id,
                          const json_text& parameters);

}  // namespace closedpaw
