#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "messages/model/action.hpp"
#include "messages/model/sandbox.hpp"

namespace closedpaw {

/// What a skill can be asked to do.
struct skill_operation {
  std::string description;
  security_level level = security_level::high;
  /// JSON Schema of the request's parameters.
  json parameters = json::object();
};

/// A program that runs in a sandbox: what its manifest says, and what its files
/// are.
struct skill_manifest {
  std::string id;
  std::string name;
  std::string version;
  std::string description;
  security_level level = security_level::high;
  /// Unless the owner said otherwise.
  bool enabled = false;
  /// Whether it needs the system's programs and libraries.
  bool system = false;
  /// Within the sandbox, where its directory is /skill.
  std::vector<std::string> command;
  sandbox_limits limits;
  /// Handed to it with each request.
  json settings = json::object();
  std::map<std::string, skill_operation> operations;
  /// Where it lies.
  std::string directory;
  /// SHA-256 in hex over all of its files; what enabling it pins.
  std::string digest;
};

/// Without its directory, which is nobody's concern.
json to_json(const skill_manifest& x);

/// A request to a skill, in a sandbox of its own.
struct run_skill {
  uuid action_id;
  std::string skill_id;
  /// What was pinned; the skill's files must be the same.
  std::string digest;
  std::string operation;
  json_text parameters;
  std::string request_id;
};

/// What it answered, and what it did.
struct skill_outcome {
  /// The action's result.
  json_text result;
};

}  // namespace closedpaw
